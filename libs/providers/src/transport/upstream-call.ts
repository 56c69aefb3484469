import type { Clock } from '@ao/kernel';
import type { Dispatcher } from 'undici';
import type { UpstreamTimeouts } from '../provider-target.js';
import { BodyDecoder, encodingToUndo } from './body-decoder.js';
import { normaliseHeaders } from './response-headers.js';
import { UpstreamBody, type BodySource } from './upstream-body.js';
import { toUpstreamFailure, UpstreamFailure, type FailureKind } from './upstream-failure.js';
import type { UpstreamResponse, UpstreamTimings } from './upstream-response.js';

/** What the pool counts. */
export interface CallObserver {
  /** The client has taken the call out of its queue, to send or to drop it. */
  onDequeued(): void;
  onStarted(): void;
  onClosed(wasStarted: boolean, failure: Error | null): void;
}

export interface CallParts {
  readonly timeouts: UpstreamTimeouts;
  readonly clock: Clock;
  readonly observer: CallObserver;
  readonly signal: AbortSignal | undefined;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * One exchange with a provider, from dispatch to the last byte: undici's handler and the promise of the answer in one
 * object. It ends exactly once, by its last byte, an error, a limit or the caller, and then holds no timer and no listener.
 */
export class UpstreamCall implements Dispatcher.DispatchHandler, BodySource {
  readonly response: Promise<UpstreamResponse>;
  private resolve!: (response: UpstreamResponse) => void;
  private reject!: (error: Error) => void;
  private readonly body = new UpstreamBody(this);
  private readonly timings: { -readonly [Key in keyof UpstreamTimings]: UpstreamTimings[Key] };
  private readonly sentAtMs: number;
  private readonly totalTimer: NodeJS.Timeout;
  /** First byte, then idle. Undici's own timers are off: they start only once a connection is found. */
  private phaseTimer: NodeJS.Timeout | null;
  private controller: Dispatcher.DispatchController | null = null;
  private decoder: BodyDecoder | null = null;
  private isDequeued = false;
  private isRequestSent = false;
  private isAnswered = false;
  private isClosed = false;
  private isPaused = false;
  private failure: Error | null = null;

  constructor(private readonly parts: CallParts) {
    const { timeouts, clock, signal } = parts;
    this.sentAtMs = clock.monotonicMs();
    this.timings = { queuedMs: 0, headersMs: 0, firstByteMs: null };
    this.response = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.totalTimer = this.limit(timeouts.totalMs, 'total_timeout');
    this.phaseTimer = this.limit(timeouts.firstByteMs, 'first_byte_timeout');
    signal?.addEventListener('abort', this, { once: true });
  }

  /** The caller's signal. */
  handleEvent(): void {
    this.cancel(asError(this.parts.signal?.reason));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.parts.observer.onDequeued();
    this.isDequeued = true;
    this.controller = controller;
    if (this.isClosed) return controller.abort(this.failure ?? new UpstreamFailure('closed'));
    this.timings.queuedMs = this.elapsedMs();
    this.parts.observer.onStarted();
  }

  onRequestSent(): void {
    this.isRequestSent = true;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    // 1xx: the real answer is still to come.
    if (this.isClosed || status < 200) return;
    this.timings.headersMs = this.elapsedMs();
    // No work was done: nobody charges for a redirect.
    if (status >= 300 && status < 400) return this.close(new UpstreamFailure('redirect'));
    const encoding = encodingToUndo(headers['content-encoding']);
    if (encoding !== null) this.decode(encoding);
    if (this.isClosed) return;
    this.isAnswered = true;
    const { body, timings } = this;
    this.resolve({ status, headers: normaliseHeaders(headers), body, timings });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.isClosed) return;
    if (this.timings.firstByteMs === null) {
      this.timings.firstByteMs = this.elapsedMs();
      this.startIdleTimer();
    } else {
      this.phaseTimer?.refresh();
    }
    if (this.decoder) this.decoder.write(chunk);
    else this.body.push(chunk);
  }

  onResponseEnd(): void {
    if (this.isClosed) return;
    if (this.decoder) this.decoder.end();
    else this.close(null);
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (!this.isDequeued) this.parts.observer.onDequeued();
    this.isDequeued = true;
    this.close(toUpstreamFailure(error, this.isRequestSent));
  }

  pause(): void {
    if (this.isPaused || this.isClosed) return;
    this.isPaused = true;
    // The silence is ours now.
    this.clearPhaseTimer();
    if (this.decoder) this.decoder.pause();
    else this.controller?.pause();
  }

  resume(): void {
    if (!this.isPaused || this.isClosed) return;
    this.isPaused = false;
    this.startIdleTimer();
    if (this.decoder) this.decoder.resume();
    else this.controller?.resume();
  }

  cancel(reason: Error): void {
    this.close(reason);
  }

  private decode(encoding: string): void {
    try {
      this.decoder = new BodyDecoder(
        encoding,
        this.body,
        () => this.controller?.pause(),
        () => this.controller?.resume(),
        (error) => this.close(error ? this.failed('protocol', error) : null),
      );
    } catch (error) {
      this.close(error as Error);
    }
  }

  /** The one way to end; later calls do nothing. */
  private close(failure: Error | null): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.failure = failure;
    clearTimeout(this.totalTimer);
    this.clearPhaseTimer();
    this.parts.signal?.removeEventListener('abort', this);
    this.parts.observer.onClosed(this.controller !== null, failure);
    if (failure === null) return this.body.end();
    this.decoder?.destroy();
    this.controller?.abort(failure);
    if (this.isAnswered) this.body.fail(failure);
    else this.reject(failure);
  }

  private startIdleTimer(): void {
    this.clearPhaseTimer();
    this.phaseTimer = this.limit(this.parts.timeouts.idleMs, 'idle_timeout');
  }

  private clearPhaseTimer(): void {
    if (this.phaseTimer !== null) clearTimeout(this.phaseTimer);
    this.phaseTimer = null;
  }

  private limit(durationMs: number, kind: FailureKind): NodeJS.Timeout {
    return setTimeout(() => this.close(this.failed(kind)), durationMs);
  }

  private failed(kind: FailureKind, cause?: unknown): UpstreamFailure {
    return new UpstreamFailure(kind, { mayBeCharged: this.isRequestSent, cause });
  }

  private elapsedMs(): number {
    return this.parts.clock.monotonicMs() - this.sentAtMs;
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new UpstreamFailure('closed', { internal: 'aborted by the caller' });
}
