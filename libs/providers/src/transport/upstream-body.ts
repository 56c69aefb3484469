import { UpstreamFailure } from './upstream-failure.js';

/** What is kept for a reader that is slower than the provider, before the provider is made to wait. */
const QUEUED_BYTES_MAX = 65_536;
/** Of an answer that is taken whole. */
export const BODY_BYTES_MAX = 33_554_432;

/** Takes the chunks of a body as they arrive, without a promise per chunk. */
export interface BodySink {
  /** Gives false to be sent nothing more until `UpstreamBody.resume()`. The chunk is a view into the receive buffer. */
  onData(chunk: Buffer): boolean | void;
  onEnd(): void;
  /** The body is broken: `UpstreamFailure`, or the reason of the abort. Nothing follows. */
  onError(error: Error): void;
}

/** The connection behind a body. */
export interface BodySource {
  pause(): void;
  resume(): void;
  cancel(reason: Error): void;
}

/**
 * The body of an answer, to be taken once, in one of three ways: `consume` (fastest), `for await`, or `collect`. Chunks
 * are passed on as they came, and a slow reader slows the provider down.
 */
export class UpstreamBody implements AsyncIterable<Buffer> {
  private queue: Buffer[] = [];
  private queuedBytes = 0;
  private sink: BodySink | null = null;
  private isFlowing = false;
  private isDraining = false;
  private outcome: 'open' | 'ended' | Error = 'open';
  private isReported = false;

  constructor(private readonly source: BodySource) {}

  /** Hands all chunks to the sink, those that already came at once. Throws when the body is already taken. */
  consume(sink: BodySink): void {
    if (this.sink !== null) throw new Error('An upstream body can be taken only once');
    this.sink = sink;
    this.resume();
  }

  /** Lets the flow go on after the sink gave false. */
  resume(): void {
    if (this.isFlowing || this.sink === null) return;
    this.isFlowing = true;
    if (this.isDraining) return;
    this.drain(this.sink);
    if (this.isFlowing && this.outcome === 'open') this.source.resume();
  }

  /** Ends the call: its connection is closed, unless the body has ended. */
  cancel(reason: Error = new UpstreamFailure('closed', { internal: 'cancelled by the reader' })): void {
    this.source.cancel(reason);
  }

  /**
   * The whole body; without a copy when it came in one chunk. Rejects with `backend_output_too_large` beyond `bytesMax`,
   * or as `BodySink.onError` says.
   */
  collect(bytesMax = BODY_BYTES_MAX): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      this.consume({
        onData: (chunk) => {
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes > bytesMax) {
            this.cancel(
              new UpstreamFailure('too_large', { mayBeCharged: true, internal: `body over ${bytesMax} bytes` }),
            );
          }
        },
        onEnd: () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)),
        onError: reject,
      });
    });
  }

  [Symbol.asyncIterator](): AsyncIterator<Buffer, undefined> {
    return new BodyIterator(this);
  }

  /** For the connection only. */
  push(chunk: Buffer): void {
    if (this.outcome !== 'open') return;
    if (this.sink !== null && this.isFlowing && this.queue.length === 0) {
      if (this.sink.onData(chunk) === false) this.stop();
      return;
    }
    this.queue.push(chunk);
    this.queuedBytes += chunk.length;
    if (this.queuedBytes >= QUEUED_BYTES_MAX) this.source.pause();
  }

  /** For the connection only. */
  end(): void {
    if (this.outcome !== 'open') return;
    this.outcome = 'ended';
    if (this.sink !== null && this.isFlowing && this.queue.length === 0) this.report(this.sink);
  }

  /** For the connection only. A sink that waits is told at once: it may wait for somebody who never comes back. */
  fail(error: Error): void {
    if (this.outcome !== 'open') return;
    this.outcome = error;
    if (this.sink === null) return;
    this.queue = [];
    this.report(this.sink);
  }

  private stop(): void {
    this.isFlowing = false;
    this.source.pause();
  }

  private drain(sink: BodySink): void {
    this.isDraining = true;
    while (this.isFlowing && this.queue.length > 0) {
      const chunk = this.queue.shift()!;
      this.queuedBytes -= chunk.length;
      if (sink.onData(chunk) === false) this.stop();
    }
    this.isDraining = false;
    if (this.isFlowing) this.report(sink);
  }

  private report(sink: BodySink): void {
    if (this.outcome === 'open' || this.isReported) return;
    this.isReported = true;
    if (this.outcome === 'ended') sink.onEnd();
    else sink.onError(this.outcome);
  }
}

/** `for await` over a body; leaving the loop early ends the call. */
class BodyIterator implements AsyncIterator<Buffer, undefined>, BodySink {
  private readonly chunks: Buffer[] = [];
  private bytes = 0;
  private outcome: 'open' | 'ended' | Error = 'open';
  private wake: (() => void) | null = null;

  constructor(private readonly body: UpstreamBody) {
    body.consume(this);
  }

  async next(): Promise<IteratorResult<Buffer, undefined>> {
    while (this.chunks.length === 0) {
      if (this.outcome === 'ended') return { done: true, value: undefined };
      if (this.outcome !== 'open') throw this.outcome;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        this.body.resume();
      });
    }
    const value = this.chunks.shift()!;
    this.bytes -= value.length;
    return { done: false, value };
  }

  async return(): Promise<IteratorResult<Buffer, undefined>> {
    if (this.outcome === 'open') this.body.cancel();
    return { done: true, value: undefined };
  }

  onData(chunk: Buffer): boolean {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    this.wakeUp();
    return this.bytes < QUEUED_BYTES_MAX;
  }

  onEnd(): void {
    this.outcome = 'ended';
    this.wakeUp();
  }

  onError(error: Error): void {
    this.outcome = error;
    this.wakeUp();
  }

  private wakeUp(): void {
    this.wake?.();
    this.wake = null;
  }
}
