import type { Answer } from '../../answers/plan-answer.js';
import type { AnswerContext, StreamReply } from '../protocol.js';
import { encodeHead, toolCallId } from './encode-chat.js';
import { encodeFrames } from './stream-frames.js';

const UNFINISHED = ',"logprobs":null,"finish_reason":null}';

function openDelta(answer: Answer, context: AnswerContext, index: number): string {
  if (answer.toolName === undefined) return '{"role":"assistant","content":"","refusal":null}';
  const called = `{"name":${JSON.stringify(answer.toolName)},"arguments":""}`;
  const call = `{"index":0,"id":"${toolCallId(context, index)}","type":"function","function":${called}}`;
  return `{"role":"assistant","content":null,"tool_calls":[${call}],"refusal":null}`;
}

/** Gives the chunks of a chat completion. */
export function encodeChatStream(
  answer: Answer,
  context: AnswerContext,
  choiceCount: number,
  includeUsage: boolean,
): StreamReply {
  const head = `${encodeHead(context, 'chatcmpl-', 'chat.completion.chunk')},"service_tier":"default","system_fingerprint":"fp_simulator"`;
  const [before, after] =
    answer.toolName === undefined
      ? ['"delta":{"content":', `}${UNFINISHED}`]
      : ['"delta":{"tool_calls":[{"index":0,"function":{"arguments":', `}}]}${UNFINISHED}`];
  const finish = `"delta":{},"logprobs":null,"finish_reason":"${answer.finishReason}"}`;
  const shape = {
    head,
    choiceCount,
    tokens: answer.tokens,
    openChoice: (index: number) => `{"index":${index},"delta":${openDelta(answer, context, index)}${UNFINISHED}`,
    tokenChoice: (index: number, token: string) => `{"index":${index},${before}${JSON.stringify(token)}${after}`,
    closeChoice: (index: number) => `{"index":${index},${finish}`,
  };
  return encodeFrames(shape, context, includeUsage ? answer.usage : undefined);
}
