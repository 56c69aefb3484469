import { serviceTierFromOpenAi, usageFromOpenAi } from '@ao/pricing';
import type { AnswerEvent } from '../canonical/index.js';
import { fieldsOf, objectsOf, textOrNull } from '../json-object.js';
import type { StreamDecoder } from '../protocol.js';
import { frameData } from '../sse-frame.js';
import { decodeCitation, reasoningOf, signatureOf } from './decode-answer.js';
import { finishReasonOf } from './finish-reasons.js';

type Json = Readonly<Record<string, unknown>>;

/** Reads the chunks of a streamed chat completion. */
export class ChatStreamDecoder implements StreamDecoder {
  private isStarted = false;
  private serviceTier: unknown = null;
  /** Choices that are reasoning, until they say something. */
  private readonly reasoning = new Set<number>();
  /** Calls that have been named, by choice and index: some providers name them in every chunk. */
  private readonly named = new Set<string>();

  decode(frame: Buffer): AnswerEvent[] {
    const data = frameData(frame)?.toString().trim() ?? '';
    if (data === '') return [];
    if (data === '[DONE]') return [{ type: 'done' }];
    const chunk = fieldsOf(JSON.parse(data));
    const { error } = chunk;
    if (error !== undefined && error !== null) {
      return [{ type: 'error', message: textOrNull(fieldsOf(error)['message']) ?? textOrNull(error) ?? '' }];
    }
    this.serviceTier = chunk['service_tier'] ?? this.serviceTier;
    return [
      ...this.start(chunk),
      ...objectsOf(chunk['choices']).flatMap((choice) => this.choice(choice)),
      ...this.usage(chunk),
    ];
  }

  private start(chunk: Json): AnswerEvent[] {
    if (this.isStarted) return [];
    this.isStarted = true;
    return [{ type: 'start', id: textOrNull(chunk['id']), model: textOrNull(chunk['model']) }];
  }

  private choice(choice: Json): AnswerEvent[] {
    const index = Number(choice['index'] ?? 0);
    const delta = fieldsOf(choice['delta']);
    const events = [...this.think(index, delta), ...this.say(index, delta, choice['logprobs'])];
    for (const call of objectsOf(delta['tool_calls'])) events.push(...this.call(index, call));
    const reason = textOrNull(choice['finish_reason']);
    if (reason === null) return events;
    const finish: AnswerEvent = { type: 'finish', choice: index, reason: finishReasonOf(reason), stopSequence: null };
    return [...events, ...this.endThought(index), finish];
  }

  private think(choice: number, delta: Json): AnswerEvent[] {
    const text = reasoningOf(delta);
    if (text === '') return [];
    this.reasoning.add(choice);
    return [{ type: 'reasoning', choice, text }];
  }

  private say(choice: number, delta: Json, logprobs: unknown): AnswerEvent[] {
    const events: AnswerEvent[] = [];
    const text = textOrNull(delta['content']) ?? '';
    const refusal = textOrNull(delta['refusal']) ?? '';
    if (text !== '') events.push({ type: 'text', choice, text, ...(logprobs ? { logprobs } : {}) });
    if (refusal !== '') events.push({ type: 'refusal', choice, text: refusal });
    for (const annotation of objectsOf(delta['annotations'])) {
      events.push({ type: 'citation', choice, citation: decodeCitation(annotation) });
    }
    return events.length > 0 ? [...this.endThought(choice), ...events] : events;
  }

  private call(choice: number, call: Json): AnswerEvent[] {
    const index = Number(call['index'] ?? 0);
    const called = fieldsOf(call['function']);
    const name = textOrNull(called['name']) ?? '';
    const text = textOrNull(called['arguments']) ?? '';
    const key = `${choice} ${index}`;
    const events: AnswerEvent[] = [];
    if (!this.named.has(key) && name !== '') {
      this.named.add(key);
      const signature = signatureOf(call);
      const id = textOrNull(call['id']) ?? `call_${choice}_${index}`;
      events.push(...this.endThought(choice), {
        type: 'tool_call',
        choice,
        index,
        id,
        name,
        ...(signature !== null && { signature }),
      });
    }
    if (text !== '') events.push({ type: 'tool_arguments', choice, index, text });
    return events;
  }

  private endThought(choice: number): AnswerEvent[] {
    if (!this.reasoning.delete(choice)) return [];
    return [{ type: 'reasoning_proof', choice, signature: null, redacted: null }];
  }

  private usage(chunk: Json): AnswerEvent[] {
    const usage = usageFromOpenAi(chunk['usage']);
    if (!usage) return [];
    return [{ type: 'usage', usage, serviceTier: serviceTierFromOpenAi(this.serviceTier, chunk['usage']) }];
  }
}
