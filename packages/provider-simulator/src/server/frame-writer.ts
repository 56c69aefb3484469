import type { ServerResponse } from 'node:http';
import type { Frame } from '../protocols/protocol.js';

/** Where the frames of a stream go. */
export interface FrameWriter {
  /** False when the caller should wait for `whenReady` before writing more. */
  write(frame: Frame): boolean;
  whenReady(callback: () => void): void;
  /** Calls back once every byte so far is with the network. */
  flush(callback: () => void): void;
  /** Ends the answer after every byte so far; calls back just before the last of them. */
  end(beforeLast: () => void): void;
}

const LAST_CHUNK = '0\r\n\r\n';
/** Frames that leave together are handed over in batches of about this size. */
const BATCH_CHARACTERS = 65_536;

/**
 * One HTTP chunk per frame, the chunks of one moment handed to the socket as one string. Node's own chunked encoding makes four
 * pieces of every frame; taking it over (RFC 9112 §7.1) more than doubles the streams per second.
 */
export class WholeFrameWriter implements FrameWriter {
  private readonly chunked: boolean;
  private batch = '';

  /** @param response with its head written. */
  constructor(private readonly response: ServerResponse) {
    // False for a client of HTTP/1.0, which gets the bare frames until the connection ends.
    this.chunked = response.chunkedEncoding;
    response.chunkedEncoding = false;
  }

  write(frame: Frame): boolean {
    if (frame.length === 0) return true;
    const byteCount = Buffer.byteLength(frame);
    const [before, after] = this.chunked ? [`${byteCount.toString(16)}\r\n`, '\r\n'] : ['', ''];
    if (typeof frame === 'string') {
      this.batch += before + frame + after;
    } else {
      this.batch += before;
      this.send();
      this.response.write(frame);
      this.batch = after;
    }
    return this.batch.length < BATCH_CHARACTERS || this.send();
  }

  whenReady(callback: () => void): void {
    this.response.once('drain', callback);
  }

  flush(callback: () => void): void {
    if (this.batch === '') this.response.flushHeaders();
    this.send();
    callback();
  }

  end(beforeLast: () => void): void {
    beforeLast();
    this.response.end(this.batch + (this.chunked ? LAST_CHUNK : ''));
  }

  private send(): boolean {
    const { batch } = this;
    this.batch = '';
    return batch === '' || this.response.write(batch);
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
  ) {
    response.flushHeaders();
  }

  write(frame: Frame): boolean {
    this.waiting = Buffer.concat([this.waiting, typeof frame === 'string' ? Buffer.from(frame) : frame]);
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

  end(beforeLast: () => void): void {
    this.flush(() => {
      beforeLast();
      this.response.end();
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
      if (this.response.write(piece)) this.schedule();
      else this.response.once('drain', () => this.schedule());
      return;
    }
    const callback = this.whenEmpty;
    this.whenEmpty = undefined;
    callback?.();
  }
}
