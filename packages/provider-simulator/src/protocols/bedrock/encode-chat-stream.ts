import type { Answer } from '../../answers/plan-answer.js';
import { streamBlocks } from '../block-stream.js';
import type { AnswerContext, StreamReply } from '../protocol.js';
import { encodeMetrics, signatureOf, stopReason, toolUseId } from './encode-chat.js';
import { exceptionOf } from './errors.js';
import { brokenFrame, eventFrame } from './event-stream.js';
import { encodeUsage } from './usage.js';

const NOTHING = Buffer.alloc(0);

function event(type: string, payload: object): Buffer {
  return eventFrame(type, JSON.stringify(payload));
}

function deltaEvent(contentBlockIndex: number, delta: object): Buffer {
  return event('contentBlockDelta', { contentBlockIndex, delta });
}

/** Gives the events of a conversation's answer. Only the block of a call is announced before its first delta. */
export function encodeChatStream(answer: Answer, context: AnswerContext): StreamReply {
  const { behaviour } = context;
  const stream = streamBlocks<Buffer>(answer.blocks, {
    open: (block, index) => {
      if (block.kind !== 'tool_call') return NOTHING;
      const start = { toolUse: { toolUseId: toolUseId(context, index), name: block.toolName } };
      return event('contentBlockStart', { contentBlockIndex: index, start });
    },
    token: (token, block, index) => {
      if (block.kind === 'text') return deltaEvent(index, { text: token });
      if (block.kind === 'tool_call') return deltaEvent(index, { toolUse: { input: token } });
      return behaviour.redactedReasoning ? NOTHING : deltaEvent(index, { reasoningContent: { text: token } });
    },
    close: (block, index) => {
      const stop = event('contentBlockStop', { contentBlockIndex: index });
      if (block.kind !== 'reasoning') return stop;
      const sealed = behaviour.redactedReasoning
        ? { redactedContent: Buffer.from(block.content).toString('base64') }
        : { signature: signatureOf(context) };
      return Buffer.concat([deltaEvent(index, { reasoningContent: sealed }), stop]);
    },
    join: (frames) => Buffer.concat(frames),
  });
  const metadata = {
    metrics: encodeMetrics(answer, context),
    ...(behaviour.usage && { usage: encodeUsage(answer.usage) }),
  };
  const end = [event('messageStop', { stopReason: stopReason(answer) }), event('metadata', metadata)];
  return {
    kind: 'stream',
    contentType: 'application/vnd.amazon.eventstream',
    open: Buffer.concat([event('messageStart', { role: 'assistant' }), stream.open]),
    tokenCount: stream.tokenCount,
    token: stream.token,
    close: Buffer.concat([stream.close, ...end]),
    malformed: brokenFrame('contentBlockDelta', '{"contentBlockIndex":0,"delta":{"text":"broken"}}'),
    error: exceptionOf(behaviour.streamErrorAs),
  };
}
