import { NO_USAGE, type Usage } from '@ao/pricing';
import type { ErrorBody } from '@ao/kernel';
import type { AnswerEvent, FinishReason } from '../canonical/index.js';
import type { AnswerContext, StreamEncoder } from '../protocol.js';
import { errorBody } from './errors.js';
import { stopReasonOf } from './finish-reasons.js';
import { encodeUsage } from './usage.js';

type Block = 'text' | 'thinking' | 'tool';

/** Writes a streamed message: one block at a time, each opened and closed, as the events come. */
export class AnthropicStreamEncoder implements StreamEncoder {
  private isStarted = false;
  private index = -1;
  private open: Block | null = null;
  private toolIndex = -1;
  private usage: Usage = NO_USAGE;
  private finishReason: FinishReason | null = null;
  private stopSequence: string | null = null;

  constructor(private readonly context: AnswerContext) {}

  encode(event: AnswerEvent): string {
    switch (event.type) {
      case 'start':
        return '';
      case 'usage':
        this.usage = event.usage;
        return '';
      case 'text':
      case 'refusal':
        return event.text === '' ? '' : this.block('text') + this.delta({ type: 'text_delta', text: event.text });
      case 'reasoning':
        return this.block('thinking') + this.delta({ type: 'thinking_delta', thinking: event.text });
      case 'reasoning_proof':
        return this.proof(event.signature, event.redacted);
      case 'tool_call':
        return this.openTool(event.index, event.id, event.name);
      case 'tool_arguments':
        // One block after the other is all this protocol can say; no provider is known to mix them.
        if (event.index !== this.toolIndex || this.open !== 'tool')
          throw new TypeError('arguments of a call that is closed');
        return event.text === '' ? '' : this.delta({ type: 'input_json_delta', partial_json: event.text });
      case 'citation':
        return '';
      case 'finish':
        this.finishReason = event.reason;
        this.stopSequence = event.stopSequence;
        return '';
      case 'error':
      case 'done':
        return '';
    }
  }

  close(usage: Usage): string {
    const delta = {
      stop_reason: stopReasonOf(this.finishReason ?? 'stop'),
      stop_sequence: this.stopSequence,
    };
    return (
      this.start() +
      this.closeBlock() +
      frame('message_delta', { delta, usage: encodeUsage(usage) }) +
      frame('message_stop', {})
    );
  }

  fail(error: ErrorBody): string {
    return frame('error', errorBody(error));
  }

  private start(): string {
    if (this.isStarted) return '';
    this.isStarted = true;
    const { id, model } = this.context;
    return frame('message_start', {
      message: {
        id: `msg_${id}`,
        type: 'message',
        role: 'assistant',
        model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        // The provider's own where it told it at once.
        usage: encodeUsage(this.usage),
      },
    });
  }

  /** Opens a block of a kind unless one is open. */
  private block(kind: 'text' | 'thinking'): string {
    if (this.open === kind) return '';
    const content = kind === 'text' ? { type: 'text', text: '' } : { type: 'thinking', thinking: '', signature: '' };
    return this.openBlock(kind, content);
  }

  private openTool(index: number, id: string, name: string): string {
    this.toolIndex = index;
    return this.openBlock('tool', { type: 'tool_use', id, name, input: {} });
  }

  private openBlock(kind: Block, content: object): string {
    const before = this.start() + this.closeBlock();
    this.index += 1;
    this.open = kind;
    return before + frame('content_block_start', { index: this.index, content_block: content });
  }

  private closeBlock(): string {
    if (this.open === null) return '';
    this.open = null;
    return frame('content_block_stop', { index: this.index });
  }

  private delta(delta: object): string {
    return frame('content_block_delta', { index: this.index, delta });
  }

  private proof(signature: string | null, redacted: string | null): string {
    if (redacted !== null) {
      return this.openBlock('thinking', { type: 'redacted_thinking', data: redacted }) + this.closeBlock();
    }
    if (this.open !== 'thinking') return '';
    return (signature === null ? '' : this.delta({ type: 'signature_delta', signature })) + this.closeBlock();
  }
}

const frame = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
