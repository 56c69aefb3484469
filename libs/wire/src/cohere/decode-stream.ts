import { usageFromCohere } from '@ao/pricing';
import type { AnswerEvent } from '../canonical/index.js';
import { fieldsOf, isObject, textOrNull } from '../json-object.js';
import type { StreamDecoder } from '../protocol.js';
import { frameData } from '../sse-frame.js';
import { decodeCitation, isOfText } from './decode-answer.js';
import { finishReasonOf, isFailure } from './finish-reasons.js';

type Json = Readonly<Record<string, unknown>>;

/** Reads the events of a streamed answer of `/v2/chat`. */
export class CohereStreamDecoder implements StreamDecoder {
  private tools = 0;
  /** Cohere's number of a call to ours. */
  private readonly calls = new Map<unknown, number>();
  private isThinking = false;

  decode(frame: Buffer): AnswerEvent[] {
    const data = frameData(frame)?.toString().trim() ?? '';
    if (data === '' || data === '[DONE]') return [];
    const event: unknown = JSON.parse(data);
    if (!isObject(event)) throw new TypeError('no event of a stream');
    const delta = fieldsOf(event['delta']);
    const message = fieldsOf(delta['message']);
    switch (event['type']) {
      case 'message-start':
        return [{ type: 'start', id: textOrNull(event['id']), model: null }];
      case 'content-start':
      case 'content-delta':
        return this.say(fieldsOf(message['content']));
      case 'tool-plan-delta':
        return this.think(textOrNull(message['tool_plan']) ?? '');
      case 'tool-call-start':
        return this.startCall(event['index'], fieldsOf(message['tool_calls']));
      case 'tool-call-delta':
        return this.argue(event['index'], fieldsOf(message['tool_calls']));
      case 'citation-start':
        return cite(fieldsOf(message['citations']));
      case 'message-end':
        return this.finish(delta);
      default:
        // An error that comes instead of an event has only a message.
        return typeof event['message'] === 'string' ? [{ type: 'error', message: event['message'] }] : [];
    }
  }

  private say(content: Json): AnswerEvent[] {
    const text = textOrNull(content['text']) ?? '';
    const thoughts = this.think(textOrNull(content['thinking']) ?? '');
    return text === '' ? thoughts : [...thoughts, ...this.endThought(), { type: 'text', choice: 0, text }];
  }

  private think(text: string): AnswerEvent[] {
    if (text === '') return [];
    this.isThinking = true;
    return [{ type: 'reasoning', choice: 0, text }];
  }

  private startCall(number: unknown, call: Json): AnswerEvent[] {
    const index = this.tools;
    this.tools += 1;
    this.calls.set(number, index);
    const name = String(fieldsOf(call['function'])['name']);
    const start: AnswerEvent = { type: 'tool_call', choice: 0, index, id: String(call['id']), name };
    return [...this.endThought(), start, ...this.argue(number, call)];
  }

  private argue(number: unknown, call: Json): AnswerEvent[] {
    const index = this.calls.get(number);
    const text = textOrNull(fieldsOf(call['function'])['arguments']) ?? '';
    return index === undefined || text === '' ? [] : [{ type: 'tool_arguments', choice: 0, index, text }];
  }

  private endThought(): AnswerEvent[] {
    if (!this.isThinking) return [];
    this.isThinking = false;
    return [{ type: 'reasoning_proof', choice: 0, signature: null, redacted: null }];
  }

  private finish(delta: Json): AnswerEvent[] {
    const reason = String(delta['finish_reason']);
    const usage = usageFromCohere(delta['usage']);
    const told: AnswerEvent[] = usage ? [{ type: 'usage', usage, serviceTier: null }] : [];
    if (isFailure(reason)) return [...told, { type: 'error', message: textOrNull(delta['error']) ?? reason }];
    const finish: AnswerEvent = { type: 'finish', choice: 0, reason: finishReasonOf(reason), stopSequence: null };
    return [...this.endThought(), finish, ...told, { type: 'done' }];
  }
}

const cite = (citation: Json): AnswerEvent[] =>
  isOfText(citation) ? [{ type: 'citation', choice: 0, citation: decodeCitation(citation) }] : [];
