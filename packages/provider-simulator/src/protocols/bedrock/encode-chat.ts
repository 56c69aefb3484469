import type { Answer, Block } from '../../answers/plan-answer.js';
import { parseArguments } from '../fields.js';
import type { AnswerContext, WholeReply } from '../protocol.js';
import { encodeUsage } from './usage.js';

/** Why the answer ended, in Bedrock's words. */
export function stopReason({ finishReason, stopSequence }: Answer): string {
  if (finishReason === 'length') return 'max_tokens';
  if (finishReason === 'tool_calls') return 'tool_use';
  if (finishReason === 'content_filter') return 'content_filtered';
  return stopSequence === undefined ? 'end_turn' : 'stop_sequence';
}

/** The signature of reasoning, which clients must send back as it was: opaque, the same in the plain and the streamed answer. */
export function signatureOf(context: AnswerContext): string {
  return Buffer.from(`signature of the simulator ${context.id}`).toString('base64');
}

export function toolUseId(context: AnswerContext, index: number): string {
  return `tooluse_${context.id}${index}`;
}

/** How long the model took, as far as the behaviour says. */
export function encodeMetrics(answer: Answer, { behaviour }: AnswerContext): object {
  const tokenCount = answer.blocks.reduce((count, { tokens }) => count + tokens.length, 0);
  const streamMs = behaviour.firstTokenMs + behaviour.tokenIntervalMs * tokenCount;
  return { latencyMs: Math.round(behaviour.latencyMs + streamMs) };
}

function encodeBlock(block: Block, index: number, context: AnswerContext): object {
  const { content } = block;
  if (block.kind === 'text') return { text: content };
  if (block.kind === 'tool_call') {
    const input = parseArguments(content);
    return { toolUse: { toolUseId: toolUseId(context, index), name: block.toolName, input } };
  }
  return context.behaviour.redactedReasoning
    ? { reasoningContent: { redactedContent: Buffer.from(content).toString('base64') } }
    : { reasoningContent: { reasoningText: { text: content, signature: signatureOf(context) } } };
}

/** Gives the body of a conversation's answer. */
export function encodeChat(answer: Answer, context: AnswerContext): WholeReply {
  const content = answer.blocks.map((block, index) => encodeBlock(block, index, context));
  const body = JSON.stringify({
    metrics: encodeMetrics(answer, context),
    output: { message: { content, role: 'assistant' } },
    stopReason: stopReason(answer),
    ...(context.behaviour.usage && { usage: encodeUsage(answer.usage) }),
  });
  return { kind: 'whole', status: 200, contentType: 'application/json', body };
}
