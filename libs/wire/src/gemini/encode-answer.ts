import { NO_USAGE } from '@ao/pricing';
import { argumentsOf } from '../canonical/tool-texts.js';
import type { Answer, AnswerChoice, AnswerPart, ToolCallPart } from '../canonical/index.js';
import type { AnswerContext } from '../protocol.js';
import { groundingMetadata } from './citations.js';
import { geminiReasonOf } from './finish-reasons.js';
import { logprobsToGemini } from './logprobs.js';
import { encodeUsage } from './usage.js';

/** A whole `GenerateContentResponse`. */
export function encodeAnswer(answer: Answer, { id, model }: AnswerContext): string {
  return JSON.stringify({
    candidates: answer.choices.map(encodeCandidate),
    usageMetadata: encodeUsage(answer.usage ?? NO_USAGE, answer.serviceTier),
    modelVersion: model,
    responseId: answer.id ?? id,
  });
}

function encodeCandidate({ parts, finishReason, logprobs }: AnswerChoice, index: number): object {
  const text = parts.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : '')).join('');
  const citations = parts.flatMap((part) => (part.type === 'text' ? (part.citations ?? []) : []));
  return {
    content: { role: 'model', parts: parts.flatMap(encodePart) },
    finishReason: geminiReasonOf(finishReason ?? 'stop'),
    index,
    ...groundingMetadata(citations, text),
    ...logprobsToGemini(logprobs),
  };
}

function encodePart(part: AnswerPart): object[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ text: part.text }];
    case 'tool_call':
      return [encodeCall(part)];
    case 'reasoning':
      // What only its provider can read has no place here.
      return part.text === '' && part.signature === null ? [] : [encodeThought(part)];
  }
}

export const encodeThought = ({ text, signature }: { text: string; signature: string | null }): object => ({
  text,
  thought: true,
  ...(signature !== null && { thoughtSignature: signature }),
});

export const encodeCall = ({ id, name, argumentsJson, signature }: Omit<ToolCallPart, 'type'>): object => ({
  functionCall: { id, name, args: argumentsOf(argumentsJson) },
  ...(signature !== undefined && { thoughtSignature: signature }),
});
