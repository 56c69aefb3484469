import { usageFromOllama } from '@ao/pricing';
import type { AnswerEvent } from '../canonical/index.js';
import { fieldsOf, isObject, objectsOf, textOrNull } from '../json-object.js';
import type { StreamDecoder } from '../protocol.js';
import { createdAt, decodeCall, logprobsOf } from './decode-answer.js';
import { finishReasonOf } from './finish-reasons.js';

type Json = Readonly<Record<string, unknown>>;

/** Reads the lines of a streamed answer of `/api/chat`. */
export class OllamaStreamDecoder implements StreamDecoder {
  /** When the stream began; calls are named after it. */
  private since: string | null = null;
  private tools = 0;
  private isThinking = false;

  decode(frame: Buffer): AnswerEvent[] {
    const line = frame.toString().trim();
    if (line === '') return [];
    const json: unknown = JSON.parse(line);
    if (!isObject(json)) throw new TypeError('no line of an answer');
    const message = textOrNull(json['error']);
    if (message !== null) return [{ type: 'error', message }];
    return [...this.start(json), ...this.say(json, fieldsOf(json['message'])), ...this.finish(json)];
  }

  private start(line: Json): AnswerEvent[] {
    if (this.since !== null) return [];
    this.since = createdAt(line);
    return [{ type: 'start', id: null, model: textOrNull(line['model']) }];
  }

  private say(line: Json, message: Json): AnswerEvent[] {
    const thought = textOrNull(message['thinking']) ?? '';
    const text = textOrNull(message['content']) ?? '';
    const events: AnswerEvent[] = [];
    if (thought !== '') {
      this.isThinking = true;
      events.push({ type: 'reasoning', choice: 0, text: thought });
    }
    if (text !== '') {
      const logprobs = logprobsOf(line);
      events.push(...this.endThought(), { type: 'text', choice: 0, text, ...(logprobs && { logprobs }) });
    }
    for (const call of objectsOf(message['tool_calls'])) events.push(...this.endThought(), ...this.call(call));
    return events;
  }

  private call(call: Json): AnswerEvent[] {
    const index = this.tools;
    this.tools += 1;
    const { id, name, argumentsJson } = decodeCall(call, this.since ?? '', index);
    return [
      { type: 'tool_call', choice: 0, index, id, name },
      { type: 'tool_arguments', choice: 0, index, text: argumentsJson },
    ];
  }

  private endThought(): AnswerEvent[] {
    if (!this.isThinking) return [];
    this.isThinking = false;
    return [{ type: 'reasoning_proof', choice: 0, signature: null, redacted: null }];
  }

  private finish(line: Json): AnswerEvent[] {
    if (line['done'] !== true) return [];
    const reason = finishReasonOf(textOrNull(line['done_reason']) ?? '', this.tools > 0);
    const usage = usageFromOllama(line);
    return [
      ...this.endThought(),
      { type: 'finish', choice: 0, reason, stopSequence: null },
      ...(usage ? [{ type: 'usage' as const, usage, serviceTier: null }] : []),
      { type: 'done' },
    ];
  }
}
