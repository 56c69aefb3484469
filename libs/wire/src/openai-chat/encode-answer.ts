import { NO_USAGE } from '@ao/pricing';
import type { Answer, AnswerChoice, AnswerPart, Citation, ReasoningPart, ToolCallPart } from '../canonical/index.js';
import type { AnswerContext } from '../protocol.js';
import { openAiReasonOf } from './finish-reasons.js';
import { encodeUsage } from './usage.js';

/** A whole `chat.completion`. */
export function encodeAnswer(answer: Answer, { id, model, nowS }: AnswerContext): string {
  return JSON.stringify({
    id: answer.id ?? `chatcmpl-${id}`,
    object: 'chat.completion',
    created: nowS,
    model,
    choices: answer.choices.map(encodeChoice),
    usage: encodeUsage(answer.usage ?? NO_USAGE),
    ...(answer.serviceTier !== null && { service_tier: answer.serviceTier }),
  });
}

function encodeChoice({ parts, finishReason, logprobs }: AnswerChoice, index: number): object {
  const text = textOf(parts, 'text');
  const refusal = textOf(parts, 'refusal');
  const thoughts = parts.filter((part) => part.type === 'reasoning');
  const calls = parts.filter((part) => part.type === 'tool_call');
  const citations = parts.flatMap((part) => (part.type === 'text' ? (part.citations ?? []) : []));
  return {
    index,
    message: {
      role: 'assistant',
      content: text === '' && (calls.length > 0 || refusal !== '') ? null : text,
      refusal: refusal === '' ? null : refusal,
      ...encodeThoughts(thoughts),
      ...(calls.length > 0 && { tool_calls: calls.map(encodeToolCall) }),
      ...(citations.length > 0 && { annotations: citations.map(encodeCitation) }),
    },
    logprobs: logprobs ?? null,
    finish_reason: openAiReasonOf(finishReason ?? 'stop'),
  };
}

const textOf = (parts: readonly AnswerPart[], type: 'text' | 'refusal'): string =>
  parts.map((part) => (part.type === type ? part.text : '')).join('');

/** As LiteLLM's users read them: the words, and the blocks to hand back with their proofs. */
function encodeThoughts(thoughts: readonly ReasoningPart[]): object {
  if (thoughts.length === 0) return {};
  return {
    reasoning_content: thoughts.map(({ text }) => text).join(''),
    thinking_blocks: thoughts.map((thought) => encodeThought(thought)),
  };
}

export const encodeThought = ({ text, signature, redacted }: Omit<ReasoningPart, 'type'>): object =>
  redacted === null
    ? { type: 'thinking', thinking: text, signature: signature ?? '' }
    : { type: 'redacted_thinking', data: redacted };

function encodeToolCall({ id, name, argumentsJson, signature }: ToolCallPart): object {
  return { id, type: 'function', function: { name, arguments: argumentsJson }, ...signatureOf(signature) };
}

/** Where Google's own OpenAI-compatible endpoint puts it. */
export const signatureOf = (signature: string | undefined): object =>
  signature === undefined ? {} : { extra_content: { google: { thought_signature: signature } } };

export const encodeCitation = ({ url, title, start, end }: Citation): object => ({
  type: 'url_citation',
  url_citation: { url: url ?? '', title: title ?? '', start_index: start ?? 0, end_index: end ?? 0 },
});
