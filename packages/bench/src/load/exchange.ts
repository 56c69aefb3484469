import type { Dispatcher } from 'undici';
import type { Tally } from './tally.js';

/** One request and its answer: judged by status and ending, then told to the tally. */
export class Exchange implements Dispatcher.DispatchHandler {
  private status = 0;
  private firstByteAtMs = 0;
  private tail: Buffer = Buffer.alloc(0);

  /**
   * @param startedAtMs when the request was due or sent
   * @param ending the last bytes of a whole answer
   */
  constructor(
    private readonly startedAtMs: number,
    private readonly ending: Buffer,
    private readonly tally: Tally,
    private readonly onDone: () => void,
  ) {}

  /** Undici takes no handler without it. */
  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.firstByteAtMs === 0) this.firstByteAtMs = performance.now();
    // The ending may come in pieces.
    this.tail =
      chunk.length >= this.ending.length
        ? chunk.subarray(chunk.length - this.ending.length)
        : Buffer.concat([this.tail, chunk]).subarray(-this.ending.length);
  }

  onResponseEnd(): void {
    const endedAtMs = performance.now();
    if (this.status < 200 || this.status > 299) this.tally.refused(`status ${this.status}`);
    else if (!this.tail.equals(this.ending)) this.tally.refused('the answer is not whole');
    else this.tally.answered(endedAtMs - this.startedAtMs, this.firstByteAtMs - this.startedAtMs);
    this.onDone();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.tally.refused(error.message);
    this.onDone();
  }
}
