import { serviceTierFromGemini, usageFromGemini } from '@ao/pricing';
import type { AnswerEvent } from '../canonical/index.js';
import { fieldsOf, isObject, objectsOf, textOrNull } from '../json-object.js';
import type { StreamDecoder } from '../protocol.js';
import { frameData } from '../sse-frame.js';
import { citationsOf } from './citations.js';
import { callIdOf, isPromptBlocked } from './decode-answer.js';
import { errorOf } from './errors.js';
import { finishReasonOf } from './finish-reasons.js';
import { logprobsFromGemini } from './logprobs.js';

type Json = Readonly<Record<string, unknown>>;

/** How far a candidate is. */
interface Progress {
  text: string;
  calls: number;
  isThinking: boolean;
  isFinished: boolean;
  /** Told already: Google repeats what an answer is grounded in. */
  readonly cited: Set<string>;
}

/** Reads a streamed answer: every chunk is a `GenerateContentResponse` of its own, and nothing marks the end. */
export class GeminiStreamDecoder implements StreamDecoder {
  private isStarted = false;
  private responseId: string | null = null;
  private readonly candidates = new Map<number, Progress>();

  decode(frame: Buffer): AnswerEvent[] {
    // Errors in the middle of a stream come as bare JSON, without `data:`.
    const data = (frameData(frame) ?? bareJson(frame))?.toString().trim() ?? '';
    if (data === '') return [];
    const json: unknown = JSON.parse(data);
    const error = errorOf(json);
    if (error !== null) return [{ type: 'error', message: textOrNull(error['message']) ?? '' }];
    const chunk = fieldsOf(json);
    const events = this.start(chunk);
    for (const candidate of objectsOf(chunk['candidates'])) events.push(...this.candidate(candidate));
    if (isPromptBlocked(chunk)) {
      events.push({ type: 'finish', choice: 0, reason: 'content_filter', stopSequence: null });
    }
    return [...events, ...usageEvent(chunk['usageMetadata'])];
  }

  private start(chunk: Json): AnswerEvent[] {
    if (this.isStarted) return [];
    this.isStarted = true;
    this.responseId = textOrNull(chunk['responseId']);
    return [{ type: 'start', id: this.responseId, model: textOrNull(chunk['modelVersion']) }];
  }

  private candidate(candidate: Json): AnswerEvent[] {
    const choice = Number(candidate['index'] ?? 0);
    const progress = this.progressOf(choice);
    const events: AnswerEvent[] = [];
    let logprobs: unknown = logprobsFromGemini(candidate['logprobsResult']);
    for (const part of objectsOf(fieldsOf(candidate['content'])['parts'])) {
      const told = this.part(part, choice, progress, logprobs);
      // They are those of the whole chunk, and told once.
      if (told.some(({ type }) => type === 'text')) logprobs = null;
      events.push(...told);
    }
    events.push(...cite(candidate, choice, progress));
    const reason = textOrNull(candidate['finishReason']);
    if (reason === null || progress.isFinished) return events;
    progress.isFinished = true;
    const finish = finishReasonOf(reason, progress.calls > 0);
    return [...events, ...endThought(choice, progress), { type: 'finish', choice, reason: finish, stopSequence: null }];
  }

  private progressOf(choice: number): Progress {
    const known = this.candidates.get(choice);
    if (known) return known;
    const progress = { text: '', calls: 0, isThinking: false, isFinished: false, cited: new Set<string>() };
    this.candidates.set(choice, progress);
    return progress;
  }

  private part(part: Json, choice: number, progress: Progress, logprobs: unknown): AnswerEvent[] {
    const signature = textOrNull(part['thoughtSignature']);
    const call = part['functionCall'];
    if (isObject(call)) return [...endThought(choice, progress), ...this.call(call, choice, progress, signature)];
    const text = textOrNull(part['text']) ?? '';
    if (part['thought'] === true) return think(choice, progress, text, signature);
    const proof: AnswerEvent[] =
      signature === null ? [] : [{ type: 'reasoning_proof', choice, signature, redacted: null }];
    if (text === '') {
      // A proof in a part of its own closes the thought that it follows.
      if (signature !== null) progress.isThinking = false;
      return proof;
    }
    progress.text += text;
    const said: AnswerEvent = { type: 'text', choice, text, ...(logprobs !== null && { logprobs }) };
    return [...endThought(choice, progress), said, ...proof];
  }

  /** Gemini tells a call whole. */
  private call(call: Json, choice: number, progress: Progress, signature: string | null): AnswerEvent[] {
    const index = progress.calls;
    progress.calls += 1;
    const id = callIdOf(call, this.responseId, choice, index);
    const name = textOrNull(call['name']) ?? '';
    return [
      { type: 'tool_call', choice, index, id, name, ...(signature !== null && { signature }) },
      { type: 'tool_arguments', choice, index, text: JSON.stringify(call['args'] ?? {}) },
    ];
  }
}

function bareJson(frame: Buffer): Buffer | null {
  const first = frame.toString('latin1').trimStart()[0];
  return first === '{' || first === '[' ? frame : null;
}

function think(choice: number, progress: Progress, text: string, signature: string | null): AnswerEvent[] {
  progress.isThinking = signature === null;
  return [
    ...(text === '' ? [] : [{ type: 'reasoning' as const, choice, text }]),
    ...(signature === null ? [] : [{ type: 'reasoning_proof' as const, choice, signature, redacted: null }]),
  ];
}

function endThought(choice: number, progress: Progress): AnswerEvent[] {
  if (!progress.isThinking) return [];
  progress.isThinking = false;
  return [{ type: 'reasoning_proof', choice, signature: null, redacted: null }];
}

function cite(candidate: Json, choice: number, { text, cited }: Progress): AnswerEvent[] {
  return citationsOf(candidate, [text]).flatMap((citation) => {
    const key = JSON.stringify(citation);
    if (cited.has(key)) return [];
    cited.add(key);
    return [{ type: 'citation' as const, choice, citation }];
  });
}

/** Of the answer so far: each one stands for all before it. */
function usageEvent(metadata: unknown): AnswerEvent[] {
  const usage = usageFromGemini(metadata);
  return usage ? [{ type: 'usage', usage, serviceTier: serviceTierFromGemini(metadata) }] : [];
}
