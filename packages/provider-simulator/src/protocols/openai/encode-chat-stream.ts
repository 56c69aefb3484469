import type { Answer, Block } from '../../answers/plan-answer.js';
import type { AnswerContext, StreamReply } from '../protocol.js';
import { encodeHead, toolCallId } from './encode-chat.js';
import { encodeFrames, type Surroundings } from './stream-frames.js';

const UNFINISHED = ',"logprobs":null,"finish_reason":null}';

function surround(choice: number, block: Block, callIndex: number): Surroundings {
  const start = `{"index":${choice},"delta":{`;
  if (block.kind === 'text') return { before: `${start}"content":`, after: `}${UNFINISHED}` };
  if (block.kind === 'reasoning') return { before: `${start}"reasoning_content":`, after: `}${UNFINISHED}` };
  const call = `"tool_calls":[{"index":${callIndex},"function":{"arguments":`;
  return { before: start + call, after: `}}]}${UNFINISHED}` };
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
    aroundToken: (choice: number, block: Block, index: number) => surround(choice, block, index - firstCall),
    closeChoice: (choice: number) => `{"index":${choice},${finish}`,
  };
  return encodeFrames(shape, context, includeUsage ? answer.usage : undefined);
}
