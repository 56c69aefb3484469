import type { Answer } from '../../answers/plan-answer.js';
import { joinText, streamBlocks } from '../block-stream.js';
import type { AnswerContext, StreamReply } from '../protocol.js';
import { callPart, finishReason, identity, thoughtSignature } from './encode-chat.js';
import { errorJson } from './errors.js';
import { inputMetadata, usageMetadata } from './usage.js';

/** How the chunks stand in the body. */
export interface Framing {
  readonly kind: 'events' | 'array';
  readonly contentType: string;
  readonly open: string;
  readonly before: string;
  readonly between: string;
  readonly last: string;
  readonly end: string;
}

const EVENTS: Framing = {
  kind: 'events',
  contentType: 'text/event-stream',
  open: '',
  before: 'data: ',
  between: '\r\n\r\n',
  last: '\r\n\r\n',
  end: '',
};
const ARRAY: Framing = {
  kind: 'array',
  contentType: 'application/json; charset=UTF-8',
  open: '[',
  before: '',
  between: ',\r\n',
  last: '\n',
  end: ']',
};

/** @param alt the parameter of the query */
export function framingOf(alt: string | null): Framing {
  return alt === 'sse' ? EVENTS : ARRAY;
}

/** Gives the chunks of a generation. Text comes token by token, a call of a function in one piece. */
export function encodeChatStream(
  answer: Answer,
  context: AnswerContext,
  choiceCount: number,
  framing: Framing,
): StreamReply {
  const { behaviour, model, id } = context;
  const rest = (usage: object): string =>
    JSON.stringify({ ...(behaviour.usage && { usageMetadata: usage }), ...identity(model, id) }).slice(1);
  const restOfChunk = rest(inputMetadata(answer.usage.inputTokens));
  const chunk = (candidateStart: string, end: string, separator: string): string => {
    const candidates = Array.from({ length: choiceCount }, (_, index) => `${candidateStart}"index":${index}}`);
    return `${framing.before}{"candidates":[${candidates.join(',')}],${end}${separator}`;
  };
  const part = (content: string): string => `{"content":{"parts":[${content}],"role":"model"},`;
  const signature = thoughtSignature(answer, context);
  const firstCall = answer.blocks.findIndex(({ kind }) => kind === 'tool_call');
  const stream = streamBlocks<string>(answer.blocks, {
    open: () => '',
    token: (token, { kind }) => {
      if (kind === 'tool_call' || (kind === 'reasoning' && behaviour.redactedReasoning)) return '';
      const thought = kind === 'reasoning' ? ',"thought":true' : '';
      return chunk(part(`{"text":${JSON.stringify(token)}${thought}}`), restOfChunk, framing.between);
    },
    close: (block, index) => {
      if (block.kind !== 'tool_call') return '';
      const call = { ...callPart(block, index, context), ...(index === firstCall && signature) };
      return chunk(part(JSON.stringify(call)), restOfChunk, framing.between);
    },
    join: joinText,
  });
  const withheld = answer.finishReason === 'content_filter';
  const lastPart = JSON.stringify({ text: '', ...(firstCall < 0 && signature) });
  const lastStart = (withheld ? '{' : part(lastPart)) + JSON.stringify(finishReason(answer)).slice(1, -1) + ',';
  return {
    kind: 'stream',
    contentType: framing.contentType,
    open: framing.open + stream.open,
    tokenCount: stream.tokenCount,
    token: stream.token,
    close:
      stream.close +
      chunk(lastStart, rest(usageMetadata(answer.usage)), framing.last) +
      (behaviour.endMarker ? framing.end : ''),
    malformed: `${framing.before}{"candidates":[{"content":{"parts":[{"text":"brok${framing.between}`,
    error: framing.before + errorJson({ kind: behaviour.streamErrorAs, model }) + framing.last + framing.end,
  };
}
