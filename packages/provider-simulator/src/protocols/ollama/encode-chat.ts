import type { Answer } from '../../answers/plan-answer.js';
import { answerParts, type AnswerParts } from '../answer-parts.js';
import { parseArguments, type Fields } from '../fields.js';
import type { AnswerContext, WholeReply } from '../protocol.js';
import { jsonReply } from '../replies.js';
import { encodeUsage } from './usage.js';

/** The two endpoints tell the same answer in different fields. */
export type Shape = 'chat' | 'generate';

/** What every object of an answer begins with. */
export function encodeHead({ model, nowMs }: AnswerContext): Fields {
  return { model, created_at: new Date(nowMs).toISOString() };
}

/** Some text, some thinking or some tool calls, as the endpoint tells them. */
export function encodePiece(shape: Shape, text: string, thinking = '', toolCalls: readonly object[] = []): Fields {
  const thought = thinking === '' ? {} : { thinking };
  if (shape === 'generate') return { response: text, ...thought };
  const called = toolCalls.length === 0 ? {} : { tool_calls: toolCalls };
  return { message: { role: 'assistant', content: text, ...thought, ...called } };
}

/** Ollama gives arguments as an object. */
export function encodeToolCalls({ toolCalls }: AnswerParts, { id }: AnswerContext): object[] {
  return toolCalls.map(({ toolName, content }, index) => ({
    id: `call_${id}${index}`,
    function: { index, name: toolName, arguments: parseArguments(content) },
  }));
}

/** Why an answer ended and what it counted. A tool call is no reason of its own. */
export function encodeEnd(answer: Answer, shape: Shape, { behaviour }: AnswerContext): Fields {
  const done_reason = answer.finishReason === 'length' ? 'length' : 'stop';
  const context = shape === 'generate' ? { context: [1, 2, 3] } : {};
  const { inputTokens, outputTokens } = answer.usage;
  const usage = behaviour.usage ? encodeUsage(inputTokens, outputTokens) : {};
  return { done: true, done_reason, ...context, ...usage };
}

/** Gives the body of an answer that is not streamed. */
export function encodeChat(answer: Answer, shape: Shape, context: AnswerContext): WholeReply {
  const parts = answerParts(answer);
  const calls = encodeToolCalls(parts, context);
  const piece = encodePiece(shape, parts.text?.content ?? '', parts.reasoning?.content, calls);
  return jsonReply({ ...encodeHead(context), ...piece, ...encodeEnd(answer, shape, context) });
}

/** Gives the body of a request that has nothing to answer. */
export function encodeLoaded(shape: Shape, context: AnswerContext): WholeReply {
  return jsonReply({ ...encodeHead(context), ...encodePiece(shape, ''), done: true, done_reason: 'load' });
}
