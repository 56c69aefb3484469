import { NO_USAGE } from '@ao/pricing';
import type { Answer, AnswerChoice } from '../canonical/index.js';
import { openAiReasonOf } from '../openai-chat/finish-reasons.js';
import { encodeUsage } from '../openai-chat/usage.js';
import type { AnswerContext } from '../protocol.js';

/** A whole `text_completion`. */
export function encodeAnswer(answer: Answer, { id, model, nowS }: AnswerContext): string {
  return JSON.stringify({
    id: answer.id ?? `cmpl-${id}`,
    object: 'text_completion',
    created: nowS,
    model,
    choices: answer.choices.map(encodeChoice),
    usage: encodeUsage(answer.usage ?? NO_USAGE),
  });
}

/** Of what a conversation can answer, text alone has a place here. */
function encodeChoice({ parts, finishReason }: AnswerChoice, index: number): object {
  return {
    text: parts.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : '')).join(''),
    index,
    logprobs: null,
    finish_reason: openAiReasonOf(finishReason ?? 'stop'),
  };
}
