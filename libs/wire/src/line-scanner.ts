import { CARRIAGE_RETURN, LINE_FEED, SPACE, TAB } from './bytes.js';
import { checkFrameBytes, HeldBytes } from './held-bytes.js';
import type { FrameScanner } from './protocol.js';
import { FRAME_BYTES_MAX } from './sse-scanner.js';

/**
 * Cuts a stream of JSON texts, one a line (NDJSON), into its lines, each with its end. Blank lines are left out. Lines are
 * views into the chunk wherever one chunk holds them whole: use them before its memory is reused.
 */
export class LineScanner implements FrameScanner {
  private readonly held: HeldBytes;

  constructor(private readonly lineBytesMax = FRAME_BYTES_MAX) {
    this.held = new HeldBytes(lineBytesMax);
  }

  push(chunk: Buffer): Buffer[] {
    const lines: Buffer[] = [];
    let start = 0;
    for (let feed = chunk.indexOf(LINE_FEED); feed !== -1; feed = chunk.indexOf(LINE_FEED, start)) {
      checkFrameBytes(this.held.length + feed + 1 - start, this.lineBytesMax);
      const line = this.held.takeWith(chunk.subarray(start, feed + 1));
      if (!isBlank(line)) lines.push(line);
      start = feed + 1;
    }
    if (start < chunk.length) this.held.add(chunk.subarray(start));
    return lines;
  }

  end(): Buffer | null {
    const rest = this.held.takeWith(NOTHING);
    return isBlank(rest) ? null : rest;
  }
}

const NOTHING = Buffer.alloc(0);

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === SPACE || byte === TAB || byte === CARRIAGE_RETURN || byte === LINE_FEED);
}
