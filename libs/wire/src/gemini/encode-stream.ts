import type { ErrorBody } from '@ao/kernel';
import type { Usage } from '@ao/pricing';
import type { AnswerEvent, Citation, FinishReason } from '../canonical/index.js';
import type { AnswerContext, StreamEncoder } from '../protocol.js';
import { groundingMetadata } from './citations.js';
import { encodeCall, encodeThought } from './encode-answer.js';
import { streamError } from './errors.js';
import { geminiReasonOf } from './finish-reasons.js';
import { logprobsToGemini } from './logprobs.js';
import { encodeUsage } from './usage.js';

type ToolCallEvent = Extract<AnswerEvent, { type: 'tool_call' }>;

/** What is known of a candidate and not out yet. */
interface Candidate {
  text: string;
  call: { readonly event: ToolCallEvent; argumentsJson: string } | null;
  reason: FinishReason;
  readonly citations: Citation[];
}

/** Writes a streamed answer: chunks that are answers of their own, the last with finish reasons and usage. */
export class GeminiStreamEncoder implements StreamEncoder {
  private readonly candidates = new Map<number, Candidate>();
  private serviceTier: string | null = null;

  constructor(private readonly context: AnswerContext) {}

  encode(event: AnswerEvent): string {
    switch (event.type) {
      case 'text':
      case 'refusal':
        return this.say(event);
      case 'reasoning':
        return event.text === '' ? '' : this.part(event.choice, encodeThought({ text: event.text, signature: null }));
      case 'reasoning_proof':
        // What only its provider can read has no place here.
        if (event.signature === null) return '';
        return this.part(event.choice, encodeThought({ text: '', signature: event.signature }));
      case 'tool_call':
        return this.startCall(event);
      case 'tool_arguments':
        this.addArguments(event.choice, event.index, event.text);
        return '';
      case 'citation':
        this.candidate(event.choice).citations.push(event.citation);
        return '';
      case 'finish':
        this.candidate(event.choice).reason = event.reason;
        return '';
      case 'usage':
        this.serviceTier = event.serviceTier;
        return '';
      case 'start':
      case 'error':
      case 'done':
        return '';
    }
  }

  close(usage: Usage): string {
    this.candidate(0);
    const candidates = [...this.candidates].map(([index, candidate]) => ({
      content: { role: 'model', parts: takeCall(candidate) },
      finishReason: geminiReasonOf(candidate.reason),
      index,
      ...groundingMetadata(candidate.citations, candidate.text),
    }));
    return this.chunk(candidates, { usageMetadata: encodeUsage(usage, this.serviceTier) });
  }

  fail(error: ErrorBody): string {
    return streamError(error);
  }

  private say(event: Extract<AnswerEvent, { type: 'text' | 'refusal' }>): string {
    if (event.text === '') return '';
    this.candidate(event.choice).text += event.text;
    const logprobs = event.type === 'text' ? event.logprobs : null;
    return this.part(event.choice, { text: event.text }, logprobsToGemini(logprobs));
  }

  /** A call goes out whole, when something follows it: Gemini's clients know no pieces of arguments. */
  private startCall(event: ToolCallEvent): string {
    const candidate = this.candidate(event.choice);
    const before = takeCall(candidate);
    candidate.call = { event, argumentsJson: '' };
    return before.length === 0 ? '' : this.chunk([{ content: { role: 'model', parts: before }, index: event.choice }]);
  }

  private addArguments(choice: number, index: number, text: string): void {
    const { call } = this.candidate(choice);
    // One call after the other is all this protocol can say; no provider is known to mix them.
    if (call?.event.index !== index) throw new TypeError('arguments of a call that is closed');
    call.argumentsJson += text;
  }

  private part(choice: number, part: object, more: object = {}): string {
    const parts = [...takeCall(this.candidate(choice)), part];
    return this.chunk([{ content: { role: 'model', parts }, index: choice, ...more }]);
  }

  private candidate(choice: number): Candidate {
    const known = this.candidates.get(choice);
    if (known) return known;
    const candidate: Candidate = { text: '', call: null, reason: 'stop', citations: [] };
    this.candidates.set(choice, candidate);
    return candidate;
  }

  private chunk(candidates: readonly object[], more: object = {}): string {
    const { id, model } = this.context;
    return `data: ${JSON.stringify({ candidates, ...more, modelVersion: model, responseId: id })}\n\n`;
  }
}

function takeCall(candidate: Candidate): object[] {
  const { call } = candidate;
  if (call === null) return [];
  candidate.call = null;
  return [encodeCall({ ...call.event, argumentsJson: call.argumentsJson })];
}
