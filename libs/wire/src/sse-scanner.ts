import { AppError } from '@ao/kernel';
import { CARRIAGE_RETURN, LINE_FEED } from './bytes.js';

/** No provider sends a frame of a megabyte; one that does would have us hold it whole. */
export const FRAME_BYTES_MAX = 1_048_576;

const EMPTY = Buffer.alloc(0);

/** What the current line holds from earlier chunks: it ends the frame only when it is empty or a lone CR. */
const NOTHING = 0;
const LONE_RETURN = 1;
const TEXT = 2;

/**
 * Cuts a stream of server-sent events (WHATWG HTML §9.2) into frames, at blank lines ended by LF or CRLF. (A lone CR,
 * which the specification also allows and no provider sends, does not end a line.) It looks only at line ends, so a chunk
 * may be cut anywhere, inside a UTF-8 sequence too.
 *
 * A frame comes with its blank line, as bytes of the chunk itself wherever one chunk holds it whole: forward it before the
 * chunk's memory is reused. All frames together are the stream's bytes, less blank lines that end nothing.
 */
export class SseScanner {
  /** The frame begun in earlier chunks: its first `heldBytes` bytes; what follows them is room to grow. */
  private held: Buffer = EMPTY;
  private heldBytes = 0;
  private carried: typeof NOTHING | typeof LONE_RETURN | typeof TEXT = NOTHING;

  constructor(private readonly frameBytesMax = FRAME_BYTES_MAX) {}

  /** The frames that this chunk completes, in order. Throws `upstream_error` on a frame over the limit. */
  push(chunk: Buffer): Buffer[] {
    const frames: Buffer[] = [];
    let frameStart = 0;
    let lineStart = 0;
    for (;;) {
      const lineFeed = chunk.indexOf(LINE_FEED, lineStart);
      if (lineFeed === -1) break;
      const isBlank = this.isBlankLine(chunk, lineStart, lineFeed);
      this.carried = NOTHING;
      if (isBlank) {
        if (frameStart < lineStart || this.holdsText()) frames.push(this.takeFrame(chunk, frameStart, lineFeed + 1));
        else this.forget();
        frameStart = lineFeed + 1;
      }
      lineStart = lineFeed + 1;
    }
    this.carry(chunk, lineStart);
    if (frameStart < chunk.length) this.hold(chunk, frameStart);
    return frames;
  }

  /** What came after the last blank line: a frame whose end is missing, or nothing. */
  end(): Buffer | null {
    if (this.heldBytes === 0) return null;
    const rest = this.held.subarray(0, this.heldBytes);
    this.forget();
    this.carried = NOTHING;
    return rest;
  }

  private isBlankLine(chunk: Buffer, lineStart: number, lineFeed: number): boolean {
    const bytes = lineFeed - lineStart;
    if (this.carried === NOTHING) return bytes === 0 || (bytes === 1 && chunk[lineStart] === CARRIAGE_RETURN);
    return this.carried === LONE_RETURN && bytes === 0;
  }

  private carry(chunk: Buffer, lineStart: number): void {
    const bytes = chunk.length - lineStart;
    if (bytes === 0) return;
    const isLoneReturn = bytes === 1 && chunk[lineStart] === CARRIAGE_RETURN && this.carried === NOTHING;
    this.carried = isLoneReturn ? LONE_RETURN : TEXT;
  }

  /** Whether more than the CR of a blank line waits. */
  private holdsText(): boolean {
    return this.heldBytes > 1 || (this.heldBytes === 1 && this.held[0] !== CARRIAGE_RETURN);
  }

  private takeFrame(chunk: Buffer, start: number, end: number): Buffer {
    this.checkSize(this.heldBytes + end - start);
    const tail = start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end);
    if (this.heldBytes === 0) return tail;
    const frame = Buffer.concat([this.held.subarray(0, this.heldBytes), tail]);
    this.forget();
    return frame;
  }

  private hold(chunk: Buffer, start: number): void {
    const bytes = this.heldBytes + chunk.length - start;
    this.checkSize(bytes);
    if (this.heldBytes === 0) {
      this.held = start === 0 ? chunk : chunk.subarray(start);
    } else {
      if (bytes > this.held.length) this.grow(bytes);
      chunk.copy(this.held, this.heldBytes, start);
    }
    this.heldBytes = bytes;
  }

  /** Doubles, so that a frame that trickles in byte by byte is not copied once per byte. */
  private grow(bytes: number): void {
    const larger = Buffer.allocUnsafe(Math.max(bytes, this.held.length * 2));
    this.held.copy(larger, 0, 0, this.heldBytes);
    this.held = larger;
  }

  private forget(): void {
    this.held = EMPTY;
    this.heldBytes = 0;
  }

  private checkSize(bytes: number): void {
    if (bytes > this.frameBytesMax) {
      throw new AppError('upstream_error', 'The provider sent a stream event that is too large. Try again.', {
        internal: `SSE frame over ${this.frameBytesMax} bytes`,
      });
    }
  }
}
