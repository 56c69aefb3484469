import type { Answer, Block } from '../../answers/plan-answer.js';
import { estimateTokens } from '../../answers/tokens.js';
import { parseArguments } from '../fields.js';
import type { AnswerContext, WholeReply } from '../protocol.js';
import { inputMetadata, usageMetadata } from './usage.js';

const SAFETY_RATINGS = [{ category: 'HARM_CATEGORY_DANGEROUS_CONTENT', probability: 'HIGH', blocked: true }];

/** Why the answer ended, in Google's words; to call a function is to stop. */
export function finishReason({ finishReason }: Answer): object {
  if (finishReason === 'content_filter') return { finishReason: 'SAFETY', safetyRatings: SAFETY_RATINGS };
  return { finishReason: finishReason === 'length' ? 'MAX_TOKENS' : 'STOP' };
}

/** What clients must send back with the part that follows the thoughts: opaque, the same in the plain and the streamed answer. */
export function thoughtSignature(answer: Answer, context: AnswerContext): object {
  const thought = answer.blocks.some(({ kind }) => kind === 'reasoning');
  if (!thought) return {};
  return { thoughtSignature: Buffer.from(`signature of the simulator ${context.id}`).toString('base64') };
}

/** A call as a part; never in pieces, as Google sends it. */
export function callPart(block: Block, index: number, context: AnswerContext): object {
  return {
    functionCall: { id: `${context.id}${index}`, name: block.toolName, args: parseArguments(block.content) },
  };
}

function partsOf(answer: Answer, context: AnswerContext): object[] {
  const signed = answer.blocks.findIndex(({ kind }) => kind !== 'reasoning');
  return answer.blocks.flatMap((block, index) => {
    const signature = index === signed ? thoughtSignature(answer, context) : {};
    if (block.kind === 'tool_call') return [{ ...callPart(block, index, context), ...signature }];
    if (block.kind === 'text') return [{ text: block.content, ...signature }];
    return context.behaviour.redactedReasoning ? [] : [{ text: block.content, thought: true }];
  });
}

/** What every body and every chunk has. */
export function identity(model: string, id: string): object {
  return { modelVersion: model, responseId: id };
}

/** Gives the body of a generation. */
export function encodeChat(answer: Answer, context: AnswerContext, choiceCount: number): WholeReply {
  const withheld = answer.finishReason === 'content_filter';
  const content = { parts: partsOf(answer, context), role: 'model' };
  const candidates = Array.from({ length: choiceCount }, (_, index) => ({
    ...(!withheld && { content }),
    ...finishReason(answer),
    index,
  }));
  const body = JSON.stringify({
    candidates,
    ...(context.behaviour.usage && { usageMetadata: usageMetadata(answer.usage) }),
    ...identity(context.model, context.id),
  });
  return { kind: 'whole', status: 200, contentType: 'application/json; charset=UTF-8', body };
}

/** A prompt that was blocked is answered, with no candidate. */
export function blockedPrompt(model: string, id: string, inputCharacters: number): string {
  return JSON.stringify({
    promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
    usageMetadata: inputMetadata(estimateTokens(inputCharacters)),
    ...identity(model, id),
  });
}
