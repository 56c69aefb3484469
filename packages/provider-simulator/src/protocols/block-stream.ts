import type { Block } from '../answers/plan-answer.js';
import type { Frame, StreamReply } from './protocol.js';

/** How a protocol streams one block; `index` is its place among the blocks. An empty frame is not sent. */
export interface BlockFrames<F extends Frame> {
  readonly open: (block: Block, index: number) => F;
  readonly token: (token: string, block: Block, index: number) => F;
  readonly close: (block: Block, index: number) => F;
  readonly join: (frames: readonly F[]) => F;
}

/** For the protocols that are text. */
export const joinText = (frames: readonly string[]): string => frames.join('');

type BlockStream<F extends Frame> = Pick<StreamReply, 'tokenCount' | 'token'> & { readonly open: F; readonly close: F };

/** Streams the blocks one after the other, a frame per token; between two blocks the frame also closes one and opens the next. */
export function streamBlocks<F extends Frame>(blocks: readonly Block[], frames: BlockFrames<F>): BlockStream<F> {
  const { open, token, close, join } = frames;
  let index = 0;
  let position = 0;
  let lastWithTokens = 0;
  blocks.forEach((block, at) => (lastWithTokens = block.tokens.length > 0 ? at : lastWithTokens));
  const crossOver = (): F[] => {
    const crossed: F[] = [];
    while (position === blocks[index]!.tokens.length) {
      crossed.push(close(blocks[index]!, index));
      index += 1;
      position = 0;
      crossed.push(open(blocks[index]!, index));
    }
    return crossed;
  };
  const closing = blocks
    .slice(lastWithTokens)
    .flatMap((block, at) =>
      at === 0 ? [close(block, lastWithTokens)] : [open(block, lastWithTokens + at), close(block, lastWithTokens + at)],
    );
  return {
    open: blocks.length === 0 ? join([]) : open(blocks[0]!, 0),
    tokenCount: blocks.reduce((count, block) => count + block.tokens.length, 0),
    token: () => {
      const crossed = position === blocks[index]!.tokens.length ? crossOver() : undefined;
      const block = blocks[index]!;
      const frame = token(block.tokens[position]!, block, index);
      position += 1;
      return crossed === undefined ? frame : join([...crossed, frame]);
    },
    close: join(closing),
  };
}
