import { serviceTierFromAnthropic, usageFromAnthropic } from '@ao/pricing';
import type { AnswerEvent } from '../canonical/index.js';
import { fieldsOf, textOrNull } from '../json-object.js';
import type { StreamDecoder } from '../protocol.js';
import { frameData } from '../sse-frame.js';
import { decodeCitation } from './decode-answer.js';
import { finishReasonOf } from './finish-reasons.js';

type Json = Readonly<Record<string, unknown>>;

/** Reads the events of a streamed message. */
export class AnthropicStreamDecoder implements StreamDecoder {
  /** Of `message_start`, with what `message_delta` says over it. */
  private usage: Json = {};
  private tools = -1;
  private hasProof = true;
  /** What the block under way is. */
  private block: 'text' | 'tool' | 'reasoning' | 'other' = 'other';

  decode(frame: Buffer): AnswerEvent[] {
    const data = frameData(frame);
    if (data === null || data.length === 0) return [];
    const event = JSON.parse(data.toString()) as Json;
    switch (event['type']) {
      case 'message_start':
        return this.start(fieldsOf(event['message']));
      case 'content_block_start':
        return this.startBlock(fieldsOf(event['content_block']));
      case 'content_block_delta':
        return this.delta(fieldsOf(event['delta']));
      case 'content_block_stop':
        return this.stopBlock();
      case 'message_delta':
        return this.finish(fieldsOf(event['delta']), fieldsOf(event['usage']));
      case 'message_stop':
        return [{ type: 'done' }];
      case 'error':
        return [{ type: 'error', message: textOrNull(fieldsOf(event['error'])['message']) ?? '' }];
      default:
        return [];
    }
  }

  private start(message: Json): AnswerEvent[] {
    this.usage = fieldsOf(message['usage']);
    return [
      { type: 'start', id: textOrNull(message['id']), model: textOrNull(message['model']) },
      ...this.usageEvent(),
    ];
  }

  private startBlock(block: Json): AnswerEvent[] {
    switch (block['type']) {
      case 'text':
        this.block = 'text';
        return textOrNull(block['text']) ? [{ type: 'text', choice: 0, text: block['text'] as string }] : [];
      case 'tool_use':
        this.block = 'tool';
        this.tools += 1;
        return [
          { type: 'tool_call', choice: 0, index: this.tools, id: String(block['id']), name: String(block['name']) },
        ];
      case 'thinking':
        this.block = 'reasoning';
        this.hasProof = false;
        return [];
      case 'redacted_thinking':
        this.block = 'other';
        return [{ type: 'reasoning_proof', choice: 0, signature: null, redacted: textOrNull(block['data']) }];
      default:
        this.block = 'other';
        return [];
    }
  }

  private delta(delta: Json): AnswerEvent[] {
    switch (delta['type']) {
      case 'text_delta':
        return [{ type: 'text', choice: 0, text: String(delta['text']) }];
      case 'input_json_delta':
        return this.block === 'tool'
          ? [{ type: 'tool_arguments', choice: 0, index: this.tools, text: String(delta['partial_json']) }]
          : [];
      case 'thinking_delta':
        return [{ type: 'reasoning', choice: 0, text: String(delta['thinking']) }];
      case 'signature_delta':
        this.hasProof = true;
        return [{ type: 'reasoning_proof', choice: 0, signature: textOrNull(delta['signature']), redacted: null }];
      case 'citations_delta':
        return [{ type: 'citation', choice: 0, citation: decodeCitation(fieldsOf(delta['citation'])) }];
      default:
        return [];
    }
  }

  private stopBlock(): AnswerEvent[] {
    if (this.hasProof) return [];
    this.hasProof = true;
    return [{ type: 'reasoning_proof', choice: 0, signature: null, redacted: null }];
  }

  private finish(delta: Json, usage: Json): AnswerEvent[] {
    this.usage = { ...this.usage, ...usage };
    const reason = textOrNull(delta['stop_reason']);
    const stopSequence = textOrNull(delta['stop_sequence']);
    const finish: AnswerEvent[] =
      reason === null ? [] : [{ type: 'finish', choice: 0, reason: finishReasonOf(reason), stopSequence }];
    return [...finish, ...this.usageEvent()];
  }

  private usageEvent(): AnswerEvent[] {
    const usage = usageFromAnthropic(this.usage);
    return usage ? [{ type: 'usage', usage, serviceTier: serviceTierFromAnthropic(this.usage) }] : [];
  }
}
