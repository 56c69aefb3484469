import type { Answer, Block } from '../../answers/plan-answer.js';
import { joinText, streamBlocks } from '../block-stream.js';
import type { AnswerContext, StreamReply } from '../protocol.js';
import { emptyBlock, openMessage, signatureOf, stopReason } from './encode-chat.js';
import { errorJson } from './errors.js';
import { finalUsage, wholeUsage } from './usage.js';

const PING = 'event: ping\ndata: {"type": "ping"}\n\n';
/** The kind of delta and its field, by the kind of block. */
const DELTAS = {
  text: ['text_delta', 'text'],
  reasoning: ['thinking_delta', 'thinking'],
  tool_call: ['input_json_delta', 'partial_json'],
} as const satisfies Record<Block['kind'], readonly [type: string, field: string]>;

function frame(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

function beforeToken(kind: Block['kind'], index: number): string {
  const [type, field] = DELTAS[kind];
  const start = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index}`;
  return `${start},"delta":{"type":"${type}","${field}":`;
}

/** Gives the events of a message. */
export function encodeChatStream(answer: Answer, context: AnswerContext): StreamReply {
  const { behaviour, id, model } = context;
  const blocks = answer.blocks.filter(({ kind, content }) => kind !== 'text' || content !== '');
  const beforeTokens = blocks.map(({ kind }, index) => beforeToken(kind, index));
  const redacted = ({ kind }: Block): boolean => kind === 'reasoning' && behaviour.redactedReasoning;
  const stream = streamBlocks<string>(blocks, {
    open: (block, index) => frame('content_block_start', { index, content_block: emptyBlock(block, index, context) }),
    token: (token, block, index) => (redacted(block) ? '' : `${beforeTokens[index]!}${JSON.stringify(token)}}}\n\n`),
    close: (block, index) => {
      const signed = block.kind === 'reasoning' && !redacted(block);
      const delta = { type: 'signature_delta', signature: signatureOf(context) };
      return (signed ? frame('content_block_delta', { index, delta }) : '') + frame('content_block_stop', { index });
    },
    join: joinText,
  });
  const message = { ...openMessage(context), ...(behaviour.usage && { usage: wholeUsage(answer.usage, 1) }) };
  const delta = { stop_reason: stopReason(answer), stop_sequence: answer.stopSequence ?? null };
  const end = frame('message_delta', { delta, ...(behaviour.usage && { usage: finalUsage(answer.usage) }) });
  return {
    kind: 'stream',
    contentType: 'text/event-stream; charset=utf-8',
    open: frame('message_start', { message }) + stream.open + PING,
    tokenCount: stream.tokenCount,
    token: stream.token,
    close: stream.close + end + (behaviour.endMarker ? frame('message_stop', {}) : ''),
    malformed: `${beforeToken('text', 0)}"brok\n\n`,
    error: `event: error\ndata: ${errorJson({ kind: behaviour.streamErrorAs, model }, id)}\n\n`,
  };
}
