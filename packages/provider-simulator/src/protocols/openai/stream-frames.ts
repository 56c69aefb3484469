import type { Block, Usage } from '../../answers/plan-answer.js';
import { joinText, streamBlocks } from '../block-stream.js';
import type { AnswerContext, StreamReply } from '../protocol.js';
import { errorJson } from './errors.js';
import { encodeUsage } from './usage.js';

const END_MARKER = 'data: [DONE]\n\n';

export interface Surroundings {
  readonly before: string;
  readonly after: string;
}

/** The parts in which the streams of chat completions and completions differ. */
export interface StreamShape {
  /** Everything of a frame before its choices. */
  readonly head: string;
  readonly choiceCount: number;
  readonly blocks: readonly Block[];
  /** The choice of the first frame, or undefined when tokens come at once. */
  readonly openChoice: ((choice: number) => string) | undefined;
  /** The choice that begins a block, or undefined when its tokens come at once. */
  readonly openBlock: ((choice: number, block: Block, index: number) => string | undefined) | undefined;
  /** What stands in a choice before and after the JSON text of a token: made once per block, not per token. */
  readonly aroundToken: (choice: number, block: Block, index: number) => Surroundings;
  readonly closeChoice: (choice: number) => string;
}

/** Builds the server-sent events of a stream; usage comes in a chunk of its own, as `stream_options.include_usage` asks. */
export function encodeFrames(shape: StreamShape, context: AnswerContext, usage: Usage | undefined): StreamReply {
  const { behaviour, model } = context;
  const start = `data: ${shape.head},"choices":[`;
  const reportsUsage = usage !== undefined && behaviour.usage;
  const end = reportsUsage ? '],"usage":null}\n\n' : ']}\n\n';
  const forEachChoice = (encode: (choice: number) => string | undefined): string => {
    let frames = '';
    for (let choice = 0; choice < shape.choiceCount; choice += 1) {
      const encoded = encode(choice);
      if (encoded !== undefined) frames += start + encoded + end;
    }
    return frames;
  };
  const { openBlock, openChoice } = shape;
  const around = shape.blocks.map((block, index) =>
    Array.from({ length: shape.choiceCount }, (_, choice) => {
      const { before, after } = shape.aroundToken(choice, block, index);
      return { before: start + before, after: after + end };
    }),
  );
  const stream = streamBlocks<string>(shape.blocks, {
    open: (block, index) => (openBlock === undefined ? '' : forEachChoice((choice) => openBlock(choice, block, index))),
    token: (token, _block, index) => {
      const text = JSON.stringify(token);
      let frames = '';
      for (const { before, after } of around[index]!) frames += before + text + after;
      return frames;
    },
    close: () => '',
    join: joinText,
  });
  const usageFrame = reportsUsage ? `${start}],"usage":${encodeUsage(usage)}}\n\n` : '';
  return {
    kind: 'stream',
    contentType: 'text/event-stream; charset=utf-8',
    open: (openChoice === undefined ? '' : forEachChoice(openChoice)) + stream.open,
    tokenCount: stream.tokenCount,
    token: stream.token,
    close: stream.close + forEachChoice(shape.closeChoice) + usageFrame + (behaviour.endMarker ? END_MARKER : ''),
    malformed: `${start}{"index":0,"delta":{"content":"brok\n\n`,
    error: `data: ${errorJson({ kind: behaviour.streamErrorAs, model })}\n\n`,
  };
}
