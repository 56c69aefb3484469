import type { Answer } from '../../answers/plan-answer.js';
import { answerParts, type AnswerParts } from '../answer-parts.js';
import type { Fields } from '../fields.js';
import type { AnswerContext, WholeReply } from '../protocol.js';
import { jsonReply } from '../replies.js';
import { encodeUsage } from './usage.js';

const FINISH_REASONS = { stop: 'COMPLETE', length: 'MAX_TOKENS', tool_calls: 'TOOL_CALL', content_filter: 'ERROR' };
const CITED_CHARACTERS = 5;

/** Why an answer ended and what it cost, as both the plain and the streamed answer end. */
export function encodeEnd(answer: Answer, { behaviour }: AnswerContext): Fields {
  const usage = behaviour.usage ? { usage: encodeUsage(answer.usage) } : {};
  return { finish_reason: FINISH_REASONS[answer.finishReason], ...usage };
}

/** A tool call with the given text as its arguments. */
export function encodeToolCall(name: string, called: string, index: number, context: AnswerContext): object {
  return { id: `${name}_${context.id}${index}`, type: 'function', function: { name, arguments: called } };
}

/** What the model says about the tools it is about to call. */
export function toolPlan({ toolCalls }: AnswerParts): string {
  return `I will call ${toolCalls.map(({ toolName }) => toolName).join(', ')}.`;
}

/** The start of the text as taken from the first document, when there is one. */
export function citationsOf({ text, reasoning }: AnswerParts, documents: readonly Fields[]): object[] {
  const [first] = documents;
  if (first === undefined || text === undefined || text.content === '') return [];
  const cited = text.content.slice(0, CITED_CHARACTERS);
  const content_index = reasoning === undefined ? 0 : 1;
  const sources = [{ type: 'document', ...first }];
  return [{ start: 0, end: cited.length, text: cited, sources, content_index, type: 'TEXT_CONTENT' }];
}

/** Gives the body of a chat. */
export function encodeChat(answer: Answer, context: AnswerContext, documents: readonly Fields[]): WholeReply {
  const parts = answerParts(answer);
  const { reasoning, text, toolCalls } = parts;
  const content = [
    ...(reasoning === undefined ? [] : [{ type: 'thinking', thinking: reasoning.content }]),
    ...(text === undefined ? [] : [{ type: 'text', text: text.content }]),
  ];
  const calls = toolCalls.map((call, index) => encodeToolCall(call.toolName, call.content, index, context));
  const citations = citationsOf(parts, documents);
  const message = {
    role: 'assistant',
    ...(content.length > 0 ? { content } : {}),
    ...(calls.length > 0 ? { tool_plan: toolPlan(parts), tool_calls: calls } : {}),
    ...(citations.length > 0 ? { citations } : {}),
  };
  return jsonReply({ id: context.id, message, ...encodeEnd(answer, context) });
}
