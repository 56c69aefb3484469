import type { Responder } from '../calls/call.js';

/** Passes an answer on as it comes, with headers of its own, and keeps a copy of it, up to a number of bytes. */
export class AnswerCopy implements Responder {
  private status = 0;
  private contentType = '';
  private hasEnded = false;
  private chunks: Buffer[] = [];
  private bytes = 0;

  constructor(
    private readonly out: Responder,
    private readonly headers: Readonly<Record<string, string>>,
    private readonly bytesMax: number,
  ) {}

  head(status: number, headers: Record<string, string>): void {
    this.status = status;
    this.contentType = headers['content-type'] ?? '';
    this.out.head(status, { ...headers, ...this.headers });
  }

  write(chunk: Buffer): Promise<void> | void {
    this.keep(chunk);
    return this.out.write(chunk);
  }

  end(chunk?: Buffer, trailers?: Record<string, string>): void {
    if (chunk) this.keep(chunk);
    this.hasEnded = true;
    this.out.end(chunk, trailers);
  }

  /** What went out; null when it has no end, is no success, or is larger than what is kept. */
  get whole(): { contentType: string; body: Buffer } | null {
    if (!this.hasEnded || this.status !== 200 || this.bytes > this.bytesMax) return null;
    return { contentType: this.contentType, body: Buffer.concat(this.chunks) };
  }

  private keep(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes <= this.bytesMax) this.chunks.push(chunk);
    else this.chunks = [];
  }
}
