import type { Answer } from '../../answers/plan-answer.js';
import type { AnswerContext, WholeReply } from '../protocol.js';
import { encodeUsage } from './usage.js';

/** The `id`, `object`, `created` and `model` that start every body and every frame, brace included. */
export function encodeHead(context: AnswerContext, idPrefix: string, object: string): string {
  const created = Math.floor(context.nowMs / 1000);
  return `{"id":"${idPrefix}${context.id}","object":"${object}","created":${created},"model":${JSON.stringify(context.model)}`;
}

/** The call's id as both the plain and the streamed answer give it; `index` is the choice. */
export function toolCallId(context: AnswerContext, index: number): string {
  return `call_${context.id}${index}`;
}

function encodeMessage(answer: Answer, context: AnswerContext, index: number): string {
  const content = JSON.stringify(answer.content);
  if (answer.toolName === undefined) return `{"role":"assistant","content":${content},"refusal":null,"annotations":[]}`;
  const called = `{"name":${JSON.stringify(answer.toolName)},"arguments":${content}}`;
  const call = `{"id":"${toolCallId(context, index)}","type":"function","function":${called}}`;
  return `{"role":"assistant","content":null,"tool_calls":[${call}],"refusal":null,"annotations":[]}`;
}

/** Gives the body of a chat completion. */
export function encodeChat(answer: Answer, context: AnswerContext, choiceCount: number): WholeReply {
  const choices: string[] = [];
  for (let index = 0; index < choiceCount; index += 1) {
    const message = encodeMessage(answer, context, index);
    choices.push(`{"index":${index},"message":${message},"logprobs":null,"finish_reason":"${answer.finishReason}"}`);
  }
  const usage = context.behaviour.usage ? `,"usage":${encodeUsage(answer.usage)}` : '';
  const head = encodeHead(context, 'chatcmpl-', 'chat.completion');
  const body = `${head},"choices":[${choices.join(',')}]${usage},"service_tier":"default","system_fingerprint":"fp_simulator"}`;
  return { kind: 'whole', status: 200, contentType: 'application/json', body };
}
