import { usageFromOllama } from '@ao/pricing';
import type { Answer, AnswerPart, ToolCallPart } from '../canonical/index.js';
import { fieldsOf, objectsOf, textOrNull } from '../json-object.js';
import { finishReasonOf } from './finish-reasons.js';

type Json = Readonly<Record<string, unknown>>;

/** Reads a whole answer of `/api/chat`. @throws SyntaxError, TypeError. */
export function decodeAnswer(body: Buffer): Answer {
  const answer = fieldsOf(JSON.parse(body.toString()));
  const { message, done } = answer;
  if (typeof message !== 'object' || message === null || done !== true) throw new TypeError('no answer of /api/chat');
  const { thinking, content, tool_calls: toolCalls } = message as Json;
  const calls = objectsOf(toolCalls).map((call, index) => decodeCall(call, createdAt(answer), index));
  return {
    id: null,
    model: textOrNull(answer['model']),
    choices: [
      {
        parts: [...thoughtOf(textOrNull(thinking) ?? ''), ...textOf(textOrNull(content) ?? ''), ...calls],
        finishReason: finishReasonOf(textOrNull(answer['done_reason']) ?? '', calls.length > 0),
        stopSequence: null,
        logprobs: logprobsOf(answer),
      },
    ],
    usage: usageFromOllama(answer),
    serviceTier: null,
  };
}

const thoughtOf = (text: string): AnswerPart[] =>
  text === '' ? [] : [{ type: 'reasoning', text, signature: null, redacted: null }];
const textOf = (text: string): AnswerPart[] => (text === '' ? [] : [{ type: 'text', text }]);

export const createdAt = (answer: Json): string => textOrNull(answer['created_at']) ?? '';

/** @param since When the answer was made: older servers give calls no id, and one must not be that of an earlier answer. */
export function decodeCall(call: Json, since: string, index: number): ToolCallPart {
  const called = fieldsOf(call['function']);
  const given = textOrNull(call['id']) ?? '';
  return {
    type: 'tool_call',
    id: given === '' ? `call_${since.replaceAll(/\D/g, '')}_${index}` : given,
    name: textOrNull(called['name']) ?? '',
    argumentsJson: JSON.stringify(called['arguments'] ?? {}),
  };
}

/** OpenAI's object around Ollama's list: the entries are alike. */
export function logprobsOf(answer: Json): object | null {
  const content = objectsOf(answer['logprobs']);
  return content.length > 0 ? { content, refusal: null } : null;
}
