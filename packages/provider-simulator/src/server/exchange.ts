import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Counters } from './counters.js';
import type { RecordedRequest } from './request-log.js';
import type { Timers } from './timers.js';

/** `held`: kept open without ever being finished, on purpose; `broken`: the connection ended by us. */
type State = 'pending' | 'answered' | 'held' | 'broken';

/** One request with its answer: waits that end with the connection, and the book-keeping of how it ended. */
export class Exchange {
  /** The entry in the request log, when one is kept. */
  record: RecordedRequest | undefined;
  private cancelWait: (() => void) | undefined;
  private state: State = 'pending';

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    private readonly counters: Counters,
    private readonly timers: Timers,
  ) {
    response.once('close', () => this.closed());
  }

  /** Goes on after the wait, at once when there is none, never once the client has left. */
  after(durationMs: number, callback: () => void): void {
    if (this.response.destroyed) return;
    if (durationMs > 0) this.cancelWait = this.timers.after(durationMs, callback);
    else callback();
  }

  /** @param headers names and values in turn, the form that costs Node least. */
  writeHead(status: number, headers: string[]): void {
    if (this.record !== undefined) this.record.status = status;
    this.response.writeHead(status, headers);
  }

  /** The whole answer has been handed over; what is left is the network's. */
  answered(): void {
    this.state = 'answered';
    if (this.record !== undefined) this.record.outcome = 'answered';
  }

  /** Leaves the client waiting until it gives up. */
  hold(): void {
    this.fault('held');
  }

  /** Sends what was written, then ends the connection in the middle of the answer. */
  cut(): void {
    this.fault('broken');
    this.response.socket?.destroySoon();
  }

  /** Ends the connection as a crashed process would, with a reset. */
  reset(): void {
    this.fault('broken');
    this.response.socket?.resetAndDestroy();
  }

  private fault(state: 'held' | 'broken'): void {
    this.state = state;
    this.counters.faulted += 1;
    if (this.record !== undefined) this.record.outcome = 'faulted';
  }

  private closed(): void {
    this.cancelWait?.();
    if (this.state === 'broken' || this.response.writableFinished) return;
    this.counters.aborted += 1;
    if (this.record === undefined) return;
    this.record.aborted = true;
    if (this.state !== 'held') this.record.outcome = 'aborted';
  }
}
