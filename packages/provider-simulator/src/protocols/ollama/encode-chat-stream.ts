import type { Answer } from '../../answers/plan-answer.js';
import { answerParts } from '../answer-parts.js';
import type { AnswerContext, StreamReply } from '../protocol.js';
import { encodeEnd, encodeHead, encodePiece, encodeToolCalls, type Shape } from './encode-chat.js';
import { errorJson } from './errors.js';

export const LINES = 'application/x-ndjson';

/** Gives the lines of an answer: a tool call is whole in a line of its own. */
export function encodeChatStream(answer: Answer, shape: Shape, context: AnswerContext): StreamReply {
  const parts = answerParts(answer);
  const thoughts = parts.reasoning?.tokens ?? [];
  const texts = parts.text?.tokens ?? [];
  const calls = encodeToolCalls(parts, context);
  const head = encodeHead(context);
  const line = (fields: object): string => `${JSON.stringify({ ...head, ...fields })}\n`;
  const piece = (index: number): object => {
    if (index < thoughts.length) return encodePiece(shape, '', thoughts[index]);
    const position = index - thoughts.length;
    if (position < texts.length) return encodePiece(shape, texts[position]!);
    return encodePiece(shape, '', '', [calls[position - texts.length]!]);
  };
  return {
    kind: 'stream',
    contentType: LINES,
    open: '',
    tokenCount: thoughts.length + texts.length + calls.length,
    token: (index) => line({ ...piece(index), done: false }),
    close: context.behaviour.endMarker ? line({ ...encodePiece(shape, ''), ...encodeEnd(answer, shape, context) }) : '',
    malformed: '{"model":"brok\n',
    error: `${errorJson({ kind: 'internal', model: context.model })}\n`,
  };
}
