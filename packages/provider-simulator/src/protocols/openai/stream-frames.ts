import type { Usage } from '../../answers/plan-answer.js';
import type { AnswerContext, StreamReply } from '../protocol.js';
import { errorJson } from './errors.js';
import { encodeUsage } from './usage.js';

const END_MARKER = 'data: [DONE]\n\n';

/** The parts in which the streams of chat completions and completions differ. */
export interface StreamShape {
  /** Everything of a frame before its choices. */
  readonly head: string;
  readonly choiceCount: number;
  readonly tokens: readonly string[];
  /** The choice of the first frame, or undefined when tokens come at once. */
  readonly openChoice: ((index: number) => string) | undefined;
  readonly tokenChoice: (index: number, token: string) => string;
  readonly closeChoice: (index: number) => string;
}

/** Builds the server-sent events of a stream; usage comes in a chunk of its own, as `stream_options.include_usage` asks. */
export function encodeFrames(shape: StreamShape, context: AnswerContext, usage: Usage | undefined): StreamReply {
  const { behaviour, model } = context;
  const start = `data: ${shape.head},"choices":[`;
  const reportsUsage = usage !== undefined && behaviour.usage;
  const end = reportsUsage ? '],"usage":null}\n\n' : ']}\n\n';
  const forEachChoice = (choice: (index: number) => string): string => {
    let frames = start + choice(0) + end;
    for (let index = 1; index < shape.choiceCount; index += 1) frames += start + choice(index) + end;
    return frames;
  };
  const usageFrame = reportsUsage ? `${start}],"usage":${encodeUsage(usage)}}\n\n` : '';
  return {
    kind: 'stream',
    contentType: 'text/event-stream; charset=utf-8',
    open: shape.openChoice === undefined ? '' : forEachChoice(shape.openChoice),
    tokenCount: shape.tokens.length,
    token: (position) => forEachChoice((index) => shape.tokenChoice(index, shape.tokens[position]!)),
    close: forEachChoice(shape.closeChoice) + usageFrame + (behaviour.endMarker ? END_MARKER : ''),
    malformed: `${start}{"index":0,"delta":{"content":"brok\n\n`,
    error: `data: ${errorJson({ kind: 'internal', model })}\n\n`,
  };
}
