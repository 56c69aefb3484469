import type { Answer } from '../../answers/plan-answer.js';
import type { AnswerContext, WholeReply } from '../protocol.js';
import { encodeUsage } from './usage.js';

/** The `id`, `object`, `created` and `model` that start every body and every frame, brace included. */
export function encodeHead(context: AnswerContext, idPrefix: string, object: string): string {
  const created = Math.floor(context.nowMs / 1000);
  return `{"id":"${idPrefix}${context.id}","object":"${object}","created":${created},"model":${JSON.stringify(context.model)}`;
}

/** The call's id as both the plain and the streamed answer give it, by the places of the choice and of the block. */
export function toolCallId(context: AnswerContext, choice: number, block: number): string {
  return `call_${context.id}${choice}${block}`;
}

/** The blocks that are calls of tools, each with its place among the blocks. */
function encodeToolCalls(answer: Answer, context: AnswerContext, choice: number): string[] {
  return answer.blocks.flatMap(({ kind, toolName, content }, index) => {
    if (kind !== 'tool_call') return [];
    const called = `{"name":${JSON.stringify(toolName)},"arguments":${JSON.stringify(content)}}`;
    return [`{"id":"${toolCallId(context, choice, index)}","type":"function","function":${called}}`];
  });
}

function encodeMessage(answer: Answer, context: AnswerContext, choice: number): string {
  const reasoning = answer.blocks.find(({ kind }) => kind === 'reasoning');
  const text = answer.blocks.find(({ kind }) => kind === 'text');
  const calls = answer.toolName === undefined ? [] : encodeToolCalls(answer, context, choice);
  const said = text === undefined && calls.length > 0 ? 'null' : JSON.stringify(text?.content ?? '');
  const thought = reasoning === undefined ? '' : `,"reasoning_content":${JSON.stringify(reasoning.content)}`;
  const called = calls.length === 0 ? '' : `,"tool_calls":[${calls.join(',')}]`;
  return `{"role":"assistant","content":${said}${thought}${called},"refusal":null,"annotations":[]}`;
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
