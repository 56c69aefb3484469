import type { Answer } from '../../answers/plan-answer.js';
import { answerParts, type AnswerParts } from '../answer-parts.js';
import type { Fields } from '../fields.js';
import type { AnswerContext } from '../protocol.js';
import { secondsOf } from '../replies.js';
import { encodeUsage } from './usage.js';

/** A response in the states that its clients see. */
export interface EncodedResponse {
  readonly parts: AnswerParts;
  /** As it starts in the background. */
  readonly queued: Fields;
  /** As a stream begins: no output, no usage. */
  readonly started: Fields;
  /** As it ends. */
  readonly response: Fields;
  /** One finished item for each part, in order. */
  readonly items: readonly Fields[];
}

/** Fields of the request that the response repeats, with what stands there when they are left out. */
const REPEATED: Fields = {
  background: false,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  reasoning: { effort: null, summary: null },
  safety_identifier: null,
  service_tier: 'default',
  store: true,
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
  user: null,
};

const INCOMPLETE_REASONS: Readonly<Record<string, string>> = {
  length: 'max_output_tokens',
  content_filter: 'content_filter',
};

/** Gives the response and its items. */
export function encodeResponse(answer: Answer, context: AnswerContext, fields: Fields): EncodedResponse {
  const parts = answerParts(answer);
  const reason = INCOMPLETE_REASONS[answer.finishReason];
  const items = itemsOf(parts, context, reason === undefined ? 'completed' : 'incomplete');
  const started: Fields = {
    id: `resp_${context.id}`,
    object: 'response',
    created_at: secondsOf(context),
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    model: context.model,
    output: [],
    usage: null,
    ...repeat(fields),
  };
  const response: Fields = {
    ...started,
    status: reason === undefined ? 'completed' : 'incomplete',
    incomplete_details: reason === undefined ? null : { reason },
    completed_at: reason === undefined ? secondsOf(context) : null,
    output: items,
    usage: context.behaviour.usage ? encodeUsage(answer.usage) : null,
  };
  return { parts, queued: { ...started, status: 'queued' }, started, response, items };
}

function repeat(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(REPEATED).map(([name, usual]) => [name, fields[name] ?? usual]));
}

function itemsOf(parts: AnswerParts, { id }: AnswerContext, status: string): Fields[] {
  const items: Fields[] = [];
  if (parts.reasoning !== undefined) {
    const summary = [{ type: 'summary_text', text: parts.reasoning.content }];
    items.push({ id: `rs_${id}`, type: 'reasoning', summary });
  }
  if (parts.text !== undefined) {
    const content = [{ type: 'output_text', annotations: [], logprobs: [], text: parts.text.content }];
    items.push({ id: `msg_${id}`, type: 'message', status, role: 'assistant', content });
  }
  for (const [index, { toolName: name, content }] of parts.toolCalls.entries()) {
    const [itemId, callId] = [`fc_${id}${index}`, `call_${id}${index}`];
    items.push({ id: itemId, type: 'function_call', status, call_id: callId, name, arguments: content });
  }
  return items;
}
