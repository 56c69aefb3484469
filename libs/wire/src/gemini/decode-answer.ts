import { serviceTierFromGemini, usageFromGemini } from '@ao/pricing';
import type { Answer, AnswerChoice, AnswerPart, ReasoningPart, ToolCallPart } from '../canonical/index.js';
import { fieldsOf, isObject, objectsOf, textOrNull } from '../json-object.js';
import { citationsOf } from './citations.js';
import { finishReasonOf } from './finish-reasons.js';
import { logprobsFromGemini } from './logprobs.js';

type Json = Readonly<Record<string, unknown>>;

const RESPONSE_ID_CHARACTERS_MAX = 40;

/** Reads a whole `GenerateContentResponse`. @throws SyntaxError, TypeError. */
export function decodeAnswer(body: Buffer): Answer {
  const response = fieldsOf(JSON.parse(body.toString()));
  const id = textOrNull(response['responseId']);
  const candidates = objectsOf(response['candidates']);
  const isBlocked = isPromptBlocked(response);
  if (!Array.isArray(response['candidates']) && !isBlocked) throw new TypeError('no generateContent response');
  return {
    id,
    model: textOrNull(response['modelVersion']),
    choices: isBlocked ? [BLOCKED] : candidates.map((candidate, index) => decodeCandidate(candidate, index, id)),
    usage: usageFromGemini(response['usageMetadata']),
    serviceTier: serviceTierFromGemini(response['usageMetadata']),
  };
}

const BLOCKED: AnswerChoice = { parts: [], finishReason: 'content_filter', stopSequence: null, logprobs: null };

/** A prompt that Google refused comes with a reason in place of candidates. */
export function isPromptBlocked(response: Json): boolean {
  const reason = fieldsOf(response['promptFeedback'])['blockReason'];
  return typeof reason === 'string' && objectsOf(response['candidates']).length === 0;
}

/** Gemini may leave ids out: made of the response's own, they are no other answer's of the same conversation. */
export function callIdOf(call: Json, responseId: string | null, choice: number, index: number): string {
  const response = (responseId ?? '').replaceAll(/[^\w-]/g, '').slice(0, RESPONSE_ID_CHARACTERS_MAX);
  return textOrNull(call['id']) || ['call', response, choice, index].filter((part) => part !== '').join('_');
}

function decodeCandidate(candidate: Json, position: number, responseId: string | null): AnswerChoice {
  const parts = objectsOf(fieldsOf(candidate['content'])['parts']);
  const choice = Number(candidate['index'] ?? position);
  const calls = parts.map((part) => part['functionCall']).filter(isObject);
  const decoded = parts.flatMap((part): AnswerPart[] => {
    const call = part['functionCall'];
    return isObject(call)
      ? [decodeCall(part, callIdOf(call, responseId, choice, calls.indexOf(call)))]
      : decodeText(part);
  });
  const reason = textOrNull(candidate['finishReason']);
  return {
    parts: withCitations(decoded, candidate, parts.map(spokenBy)),
    finishReason: reason === null ? null : finishReasonOf(reason, calls.length > 0),
    stopSequence: null,
    logprobs: logprobsFromGemini(candidate['logprobsResult']),
  };
}

function decodeCall(part: Json, id: string): ToolCallPart {
  const call = fieldsOf(part['functionCall']);
  const signature = textOrNull(part['thoughtSignature']);
  return {
    type: 'tool_call',
    id,
    name: textOrNull(call['name']) ?? '',
    argumentsJson: JSON.stringify(call['args'] ?? {}),
    ...(signature !== null && { signature }),
  };
}

/** What a part says aloud: no thought. Parts that hold no text (what Google's own tools make) say nothing. */
const spokenBy = (part: Json): string => (part['thought'] === true ? '' : (textOrNull(part['text']) ?? ''));

/** The proof that stands beside spoken text stands for itself after it. */
function decodeText(part: Json): AnswerPart[] {
  const text = textOrNull(part['text']) ?? '';
  const signature = textOrNull(part['thoughtSignature']);
  const thought = (words: string): ReasoningPart => ({ type: 'reasoning', text: words, signature, redacted: null });
  if (part['thought'] === true) return [thought(text)];
  return [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...(signature === null ? [] : [thought('')])];
}

/** Citations stand with the first text: their places count from the start of the answer. */
function withCitations(parts: AnswerPart[], candidate: Json, texts: readonly string[]): AnswerPart[] {
  const citations = citationsOf(candidate, texts);
  const first = parts.findIndex(({ type }) => type === 'text');
  const part = parts[first];
  return part?.type === 'text' && citations.length > 0 ? parts.with(first, { ...part, citations }) : parts;
}
