import type { Answer, Block } from '../../answers/plan-answer.js';
import { parseArguments } from '../fields.js';
import type { AnswerContext, WholeReply } from '../protocol.js';
import { wholeUsage } from './usage.js';

/** Why the answer ended, in Anthropic's words. */
export function stopReason({ finishReason, stopSequence }: Answer): string {
  if (finishReason === 'length') return 'max_tokens';
  if (finishReason === 'tool_calls') return 'tool_use';
  if (finishReason === 'content_filter') return 'refusal';
  return stopSequence === undefined ? 'end_turn' : 'stop_sequence';
}

/** The signature of thinking, which clients must send back as it was: opaque, the same in the plain and the streamed answer. */
export function signatureOf(context: AnswerContext): string {
  return Buffer.from(`signature of the simulator ${context.id}`).toString('base64');
}

/** The block as a stream begins it: without its text, its arguments or its signature. */
export function emptyBlock(block: Block, index: number, context: AnswerContext): object {
  if (block.kind === 'text') return { type: 'text', text: '' };
  if (block.kind === 'tool_call') {
    return { type: 'tool_use', id: `toolu_${context.id}${index}`, name: block.toolName, input: {} };
  }
  return context.behaviour.redactedReasoning
    ? { type: 'redacted_thinking', data: Buffer.from(block.content).toString('base64') }
    : { type: 'thinking', thinking: '', signature: '' };
}

function wholeBlock(block: Block, index: number, context: AnswerContext): object {
  const empty = emptyBlock(block, index, context);
  if (block.kind === 'text') return { ...empty, text: block.content };
  if (block.kind === 'tool_call') return { ...empty, input: parseArguments(block.content) };
  return context.behaviour.redactedReasoning
    ? empty
    : { ...empty, thinking: block.content, signature: signatureOf(context) };
}

/** A message as it is before its end; the stop is filled in where it is known. */
export function openMessage(context: AnswerContext): object {
  return {
    id: `msg_${context.id}`,
    type: 'message',
    role: 'assistant',
    model: context.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
  };
}

/** Gives the body of a message. */
export function encodeChat(answer: Answer, context: AnswerContext): WholeReply {
  const message = {
    ...openMessage(context),
    content: answer.blocks.flatMap((block, index) =>
      block.kind === 'text' && block.content === '' ? [] : [wholeBlock(block, index, context)],
    ),
    stop_reason: stopReason(answer),
    stop_sequence: answer.stopSequence ?? null,
    ...(context.behaviour.usage && { usage: wholeUsage(answer.usage) }),
  };
  return { kind: 'whole', status: 200, contentType: 'application/json', body: JSON.stringify(message) };
}
