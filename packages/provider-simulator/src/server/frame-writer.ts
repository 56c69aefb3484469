import type { ServerResponse } from 'node:http';
import type { Frame } from '../protocols/protocol.js';

/** Where the frames of a stream go. */
export interface FrameWriter {
  /** False when the caller should wait for `whenReady` before writing more. */
  write(frame: Frame): boolean;
  whenReady(callback: () => void): void;
  /** Calls back once every byte so far is with the network. */
  flush(callback: () => void): void;
}

/** One HTTP chunk per frame. */
export class WholeFrameWriter implements FrameWriter {
  constructor(private readonly response: ServerResponse) {}

  write(frame: Frame): boolean {
    return frame.length === 0 || this.response.write(frame);
  }

  whenReady(callback: () => void): void {
    this.response.once('drain', callback);
  }

  flush(callback: () => void): void {
    callback();
  }
}

/**
 * HTTP chunks of a fixed size, whatever the frames: they begin and end inside a frame, a line, a character. Each leaves in
 * its own turn of the event loop, so that the network does not join them again.
 */
export class SplitFrameWriter implements FrameWriter {
  private waiting: Buffer = Buffer.alloc(0);
  private whenEmpty: (() => void) | undefined;
  private flushing = false;
  private scheduled = false;

  constructor(
    private readonly response: ServerResponse,
    private readonly pieceBytes: number,
  ) {}

  write(frame: Frame): boolean {
    this.waiting = Buffer.concat([this.waiting, Buffer.from(frame as string)]);
    this.schedule();
    return this.waiting.length < this.pieceBytes;
  }

  whenReady(callback: () => void): void {
    this.whenEmpty = callback;
    this.schedule();
  }

  flush(callback: () => void): void {
    this.flushing = true;
    this.whenReady(() => {
      this.flushing = false;
      callback();
    });
  }

  private schedule(): void {
    if (this.scheduled || this.response.destroyed) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.sendPiece();
    });
  }

  private sendPiece(): void {
    if (this.waiting.length >= this.pieceBytes || (this.flushing && this.waiting.length > 0)) {
      const piece = this.waiting.subarray(0, this.pieceBytes);
      this.waiting = this.waiting.subarray(piece.length);
      if (!this.response.write(piece)) return void this.response.once('drain', () => this.schedule());
      return this.schedule();
    }
    const callback = this.whenEmpty;
    this.whenEmpty = undefined;
    callback?.();
  }
}
