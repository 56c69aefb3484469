import type { Answer } from '../../answers/plan-answer.js';
import { splitTokens } from '../../answers/tokens.js';
import { answerParts, type AnswerParts } from '../answer-parts.js';
import type { Fields } from '../fields.js';
import type { AnswerContext, StreamReply } from '../protocol.js';
import { serverEvent } from '../replies.js';
import { SectionedFrames, type Section } from '../sectioned-frames.js';
import { citationsOf, encodeEnd, encodeToolCall, toolPlan } from './encode-chat.js';
import { messageOf } from './errors.js';

/** Gives the events of a chat. */
export function encodeChatStream(answer: Answer, context: AnswerContext, documents: readonly Fields[]): StreamReply {
  const parts = answerParts(answer);
  const frames = new SectionedFrames(sectionsOf(parts, context, citationsOf(parts, documents)));
  const start = {
    id: context.id,
    delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] } },
  };
  const failed = { finish_reason: 'ERROR', error: messageOf({ kind: 'internal', model: context.model }) };
  return {
    kind: 'stream',
    contentType: 'text/event-stream',
    open: serverEvent('message-start', start),
    tokenCount: frames.tokenCount,
    token: () => frames.next(),
    get close() {
      const rest = frames.rest();
      if (!context.behaviour.endMarker) return rest;
      return rest + serverEvent('message-end', { id: context.id, delta: encodeEnd(answer, context) });
    },
    malformed: 'event: content-delta\ndata: {"type":"content-delta","index":0,"delta":{"mess\n\n',
    error: serverEvent('message-end', { id: context.id, delta: failed }),
  };
}

function sectionsOf(parts: AnswerParts, context: AnswerContext, citations: readonly object[]): Section[] {
  const { reasoning, text, toolCalls } = parts;
  const sections: Section[] = [];
  if (reasoning !== undefined) sections.push(contentSection(reasoning.tokens, 'thinking', 0, []));
  if (text !== undefined) sections.push(contentSection(text.tokens, 'text', sections.length, citations));
  if (toolCalls.length > 0) sections.push(planSection(toolPlan(parts)));
  for (const [index, { toolName, tokens }] of toolCalls.entries()) {
    sections.push(toolCallSection(toolName, tokens, index, context));
  }
  return sections;
}

function contentSection(
  tokens: readonly string[],
  type: 'thinking' | 'text',
  index: number,
  citations: readonly object[],
): Section {
  const delta = (content: object): object => ({ index, delta: { message: { content } } });
  const cited = citations.map((citation, position) => {
    const started = serverEvent('citation-start', { index: position, delta: { message: { citations: citation } } });
    return started + serverEvent('citation-end', { index: position });
  });
  return {
    tokens,
    open: () => serverEvent('content-start', delta({ type, [type]: '' })),
    delta: (token) => serverEvent('content-delta', delta({ [type]: token })),
    close: () => cited.join('') + serverEvent('content-end', { index }),
  };
}

function planSection(plan: string): Section {
  return {
    tokens: splitTokens(plan),
    open: () => '',
    delta: (token) => serverEvent('tool-plan-delta', { delta: { message: { tool_plan: token } } }),
    close: () => '',
  };
}

function toolCallSection(name: string, tokens: readonly string[], index: number, context: AnswerContext): Section {
  const delta = (tool_calls: object): object => ({ index, delta: { message: { tool_calls } } });
  return {
    tokens,
    open: () => serverEvent('tool-call-start', delta(encodeToolCall(name, '', index, context))),
    delta: (token) => serverEvent('tool-call-delta', delta({ function: { arguments: token } })),
    close: () => serverEvent('tool-call-end', { index }),
  };
}
