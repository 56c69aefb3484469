import type { ErrorBody } from '@ao/kernel';
import type { Usage } from '@ao/pricing';
import type { AnswerEvent } from '../canonical/index.js';
import type { AnswerContext, StreamEncoder } from '../protocol.js';
import { encodeCitation, encodeThought, signatureOf } from './encode-answer.js';
import { openAiReasonOf } from './finish-reasons.js';
import { encodeUsage } from './usage.js';

/** Writes the chunks of a streamed chat completion. */
export class ChatStreamEncoder implements StreamEncoder {
  private readonly head: string;
  private readonly opened = new Set<number>();
  /** Thoughts of a choice since its last proof. */
  private thought = '';

  constructor(private readonly context: AnswerContext) {
    const { id, model, nowS } = context;
    const head = JSON.stringify({ id: `chatcmpl-${id}`, object: 'chat.completion.chunk', created: nowS, model });
    this.head = `data: ${head.slice(0, -1)},"choices":`;
  }

  encode(event: AnswerEvent): string {
    switch (event.type) {
      case 'text':
        return this.delta(event.choice, { content: event.text }, event.logprobs);
      case 'refusal':
        return this.delta(event.choice, { refusal: event.text });
      case 'reasoning':
        this.thought += event.text;
        return this.delta(event.choice, { reasoning_content: event.text });
      case 'reasoning_proof':
        return this.proof(event.choice, event);
      case 'tool_call': {
        const { index, id, name, signature } = event;
        const call = { index, id, type: 'function', function: { name, arguments: '' }, ...signatureOf(signature) };
        return this.delta(event.choice, { tool_calls: [call] });
      }
      case 'tool_arguments': {
        const { index, text } = event;
        return this.delta(event.choice, { tool_calls: [{ index, function: { arguments: text } }] });
      }
      case 'citation':
        return this.delta(event.choice, { annotations: [encodeCitation(event.citation)] });
      case 'finish':
        return this.chunk(event.choice, this.open(event.choice), openAiReasonOf(event.reason));
      case 'start':
      case 'usage':
      case 'error':
      case 'done':
        return '';
    }
  }

  close(usage: Usage, costUsd: string | null): string {
    const { includeUsage } = this.context;
    if (!includeUsage && costUsd === null) return DONE;
    // Written by hand: a cost is exact to the last digit, which a float is not.
    const told = JSON.stringify(encodeUsage(usage));
    const withCost = costUsd === null ? told : `${told.slice(0, -1)},"cost":${costUsd}}`;
    return `${this.head}[],"usage":${withCost}}\n\n${DONE}`;
  }

  fail(error: ErrorBody): string {
    return `data: ${JSON.stringify(error)}\n\n${DONE}`;
  }

  private proof(
    choice: number,
    { signature, redacted }: { signature: string | null; redacted: string | null },
  ): string {
    const text = this.thought;
    this.thought = '';
    if (signature === null && redacted === null) return '';
    return this.delta(choice, { thinking_blocks: [encodeThought({ text, signature, redacted })] });
  }

  private delta(choice: number, delta: object, logprobs?: unknown): string {
    return this.chunk(choice, { ...this.open(choice), ...delta }, null, logprobs);
  }

  /** The first chunk of a choice names the role. */
  private open(choice: number): object {
    if (this.opened.has(choice)) return {};
    this.opened.add(choice);
    return { role: 'assistant' };
  }

  private chunk(index: number, delta: object, finishReason: string | null, logprobs: unknown = null): string {
    const choice = JSON.stringify({ index, delta, logprobs, finish_reason: finishReason });
    return `${this.head}[${choice}]}\n\n`;
  }
}

const DONE = 'data: [DONE]\n\n';
