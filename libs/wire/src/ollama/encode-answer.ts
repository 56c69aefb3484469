import { NO_USAGE } from '@ao/pricing';
import { argumentsOf } from '../canonical/tool-texts.js';
import type { Answer, AnswerPart, ToolCallPart } from '../canonical/index.js';
import { fieldsOf, objectsOf } from '../json-object.js';
import type { AnswerContext } from '../protocol.js';
import { doneReasonOf } from './finish-reasons.js';
import { encodeUsage } from './usage.js';

/** What one line, or a whole answer, says. */
export interface Said {
  readonly text?: string;
  readonly thinking?: string;
  readonly calls?: readonly Omit<ToolCallPart, 'type'>[];
}

/** Where an endpoint puts what is said: `/api/chat` in a message, `/api/generate` beside the rest. */
export type Shape = (said: Said) => object;

export const chatShape: Shape = ({ text = '', thinking = '', calls = [] }) => ({
  message: {
    role: 'assistant',
    content: text,
    ...(thinking !== '' && { thinking }),
    ...(calls.length > 0 && { tool_calls: calls.map(encodeCall) }),
  },
});

export const generateShape: Shape = ({ text = '', thinking = '' }) => ({
  response: text,
  ...(thinking !== '' && { thinking }),
});

/** A whole answer. Of several choices Ollama's clients see the first: they cannot ask for more. */
export function encodeAnswer(answer: Answer, context: AnswerContext, shape: Shape): string {
  const choice = answer.choices[0];
  const parts = choice?.parts ?? [];
  return JSON.stringify({
    ...headOf(context),
    ...shape({
      text: parts.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : '')).join(''),
      thinking: parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join(''),
      calls: parts.filter((part: AnswerPart) => part.type === 'tool_call'),
    }),
    ...encodeLogprobs(choice?.logprobs),
    done: true,
    done_reason: doneReasonOf(choice?.finishReason ?? null),
    ...encodeUsage(answer.usage ?? NO_USAGE),
  });
}

export const headOf = ({ model, nowS }: AnswerContext): object => ({
  model,
  created_at: new Date(nowS * 1_000).toISOString(),
});

/** Ollama's list out of OpenAI's object: the entries are alike. */
export function encodeLogprobs(logprobs: unknown): object {
  const entries = objectsOf(fieldsOf(logprobs)['content']);
  return entries.length > 0 ? { logprobs: entries } : {};
}

const encodeCall = ({ id, name, argumentsJson }: Omit<ToolCallPart, 'type'>, index: number): object => ({
  id,
  function: { index, name, arguments: argumentsOf(argumentsJson) },
});
