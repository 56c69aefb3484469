import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Responder } from '../../application/calls/call.js';

/** Answers on the raw socket: the data plane's bytes pass through no serialiser. */
export class HttpResponder implements Responder {
  constructor(
    private readonly response: ServerResponse,
    private readonly headers: Record<string, string>,
  ) {}

  head(status: number, headers: Record<string, string>): void {
    this.response.writeHead(status, { ...this.headers, ...headers });
  }

  write(chunk: Buffer): Promise<void> | void {
    if (this.response.destroyed || this.response.write(chunk)) return;
    return this.drained();
  }

  end(chunk?: Buffer, trailers?: Record<string, string>): void {
    if (this.response.destroyed) return;
    if (trailers) this.response.addTrailers(trailers);
    this.response.end(chunk);
  }

  /** Either the caller takes the bytes or is gone; in both cases the wait is over. */
  private async drained(): Promise<void> {
    const settled = new AbortController();
    const { signal } = settled;
    try {
      await Promise.race([once(this.response, 'drain', { signal }), once(this.response, 'close', { signal })]);
    } catch {
      // The socket's own error: the close that follows ends the call.
    } finally {
      settled.abort();
    }
  }
}
