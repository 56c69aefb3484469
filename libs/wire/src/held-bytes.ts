import { AppError } from '@ao/kernel';

const EMPTY = Buffer.alloc(0);

/** The beginning of a frame, kept from earlier chunks until the rest of it comes. */
export class HeldBytes {
  private buffer: Buffer = EMPTY;
  private bytes = 0;

  constructor(private readonly bytesMax: number) {}

  get length(): number {
    return this.bytes;
  }

  /** What is held; valid until the next `add`. */
  view(): Buffer {
    return this.buffer.subarray(0, this.bytes);
  }

  /** @throws AppError `upstream_error` when it becomes too much. */
  add(part: Buffer): void {
    const bytes = this.bytes + part.length;
    checkFrameBytes(bytes, this.bytesMax);
    if (this.bytes === 0) {
      this.buffer = part;
    } else {
      if (bytes > this.buffer.length) this.grow(bytes);
      part.copy(this.buffer, this.bytes);
    }
    this.bytes = bytes;
  }

  /** What is held, followed by a part; nothing is held any more. */
  takeWith(part: Buffer): Buffer {
    const taken = this.bytes === 0 ? part : Buffer.concat([this.view(), part]);
    this.buffer = EMPTY;
    this.bytes = 0;
    return taken;
  }

  /** Doubles, so that a frame that trickles in byte by byte is not copied once per byte. */
  private grow(bytes: number): void {
    const larger = Buffer.allocUnsafe(Math.max(bytes, this.buffer.length * 2));
    this.buffer.copy(larger, 0, 0, this.bytes);
    this.buffer = larger;
  }
}

/** @throws AppError `upstream_error` for a frame over the limit. */
export function checkFrameBytes(bytes: number, bytesMax: number): void {
  if (bytes <= bytesMax) return;
  throw new AppError('upstream_error', 'The provider sent a stream event that is too large. Try again.', {
    internal: `stream frame over ${bytesMax} bytes`,
  });
}
