import type { Answer, Block } from '../../answers/plan-answer.js';
import type { AnswerContext, StreamReply } from '../protocol.js';
import { encodeHead, toolCallId } from './encode-chat.js';
import { encodeFrames } from './stream-frames.js';

const UNFINISHED = ',"logprobs":null,"finish_reason":null}';

/** What stands before and after each token of a block. */
type Surroundings = readonly [before: string, after: string];

function surround(block: Block, callIndex: number): Surroundings {
  if (block.kind === 'text') return ['"delta":{"content":', `}${UNFINISHED}`];
  if (block.kind === 'reasoning') return ['"delta":{"reasoning_content":', `}${UNFINISHED}`];
  return [`"delta":{"tool_calls":[{"index":${callIndex},"function":{"arguments":`, `}}]}${UNFINISHED}`];
}

/** Gives the chunks of a chat completion. */
export function encodeChatStream(
  answer: Answer,
  context: AnswerContext,
  choiceCount: number,
  includeUsage: boolean,
): StreamReply {
  const { blocks } = answer;
  const head = `${encodeHead(context, 'chatcmpl-', 'chat.completion.chunk')},"service_tier":"default","system_fingerprint":"fp_simulator"`;
  const firstCall = blocks.findIndex(({ kind }) => kind === 'tool_call');
  const surroundings = blocks.map((block, index) => surround(block, index - firstCall));
  const content = firstCall >= 0 && !blocks.some(({ kind }) => kind === 'text') ? 'null' : '""';
  const openDelta = `{"role":"assistant","content":${content},"refusal":null}`;
  const finish = `"delta":{},"logprobs":null,"finish_reason":"${answer.finishReason}"}`;
  const openCall = (choice: number, block: Block, index: number): string | undefined => {
    if (block.kind !== 'tool_call') return undefined;
    const called = `{"name":${JSON.stringify(block.toolName)},"arguments":""}`;
    const id = toolCallId(context, choice, index);
    const call = `{"index":${index - firstCall},"id":"${id}","type":"function","function":${called}}`;
    return `{"index":${choice},"delta":{"tool_calls":[${call}]}${UNFINISHED}`;
  };
  const shape = {
    head,
    choiceCount,
    blocks,
    openChoice: (choice: number) => `{"index":${choice},"delta":${openDelta}${UNFINISHED}`,
    openBlock: openCall,
    tokenChoice: (choice: number, token: string, _block: Block, index: number) => {
      const [before, after] = surroundings[index]!;
      return `{"index":${choice},${before}${JSON.stringify(token)}${after}`;
    },
    closeChoice: (choice: number) => `{"index":${choice},${finish}`,
  };
  return encodeFrames(shape, context, includeUsage ? answer.usage : undefined);
}
