import type { Responder } from '../calls/call.js';
import type { SavedAnswer } from './saved-answer.js';

/**
 * Passes an answer on as it comes and keeps a copy of it, up to a number of bytes. The end waits for `finish`: a caller
 * that has seen it may rely on the copy having been saved.
 */
export class RecordingResponder implements Responder {
  private sent: Pick<SavedAnswer, 'status' | 'headers'> | null = null;
  private ending: { chunk: Buffer | undefined; trailers: Record<string, string> | undefined } | null = null;
  private chunks: Buffer[] = [];
  private bytes = 0;

  constructor(
    private readonly out: Responder,
    private readonly bytesMax: number,
  ) {}

  /** Whether anything went out. */
  get started(): boolean {
    return this.sent !== null;
  }

  head(status: number, headers: Record<string, string>): void {
    this.sent = { status, headers };
    this.out.head(status, headers);
  }

  write(chunk: Buffer): Promise<void> | void {
    this.keep(chunk);
    return this.out.write(chunk);
  }

  end(chunk?: Buffer, trailers?: Record<string, string>): void {
    if (chunk) this.keep(chunk);
    this.ending = { chunk, trailers };
  }

  /** Ends the answer, if whoever wrote it did. */
  finish(): void {
    if (this.ending) this.out.end(this.ending.chunk, this.ending.trailers);
  }

  /** The whole answer; null when it has no end, or is larger than what is kept. */
  get answer(): SavedAnswer | null {
    if (!this.sent || !this.ending || this.bytes > this.bytesMax) return null;
    return { ...this.sent, trailers: this.ending.trailers ?? {}, body: Buffer.concat(this.chunks) };
  }

  private keep(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes <= this.bytesMax) this.chunks.push(chunk);
    else this.chunks = [];
  }
}
