import type { Clock } from '@ao/kernel';
import { guardedConnector } from '@ao/outbound';
import { Pool, type Dispatcher } from 'undici';
import type { ProviderReach, UpstreamTimeouts } from '../provider-target.js';
import { guardOf } from './outbound-guards.js';
import { UpstreamCall, type CallObserver } from './upstream-call.js';
import { UpstreamFailure } from './upstream-failure.js';
import type { UpstreamResponse } from './upstream-response.js';

/** What connections depend on: a change of these means new connections. */
export interface PoolSettings {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly connectMs: number;
  readonly connectionsMax: number;
  readonly reach: ProviderReach;
}

/** Figures of one upstream, for metrics (PR-015). */
export interface PoolStats {
  readonly origin: string;
  readonly connectionsMax: number;
  /** Open sockets. */
  readonly connected: number;
  /** Calls on a connection. */
  readonly running: number;
  /** Calls that wait for one; those given up stay among them until their turn comes. */
  readonly pending: number;
  /** Since the start. */
  readonly callsTotal: number;
  readonly failuresTotal: number;
}

export interface PoolCall {
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: Buffer | null;
  readonly timeouts: UpstreamTimeouts;
  readonly signal: AbortSignal | undefined;
}

/** Beyond these, waiting for a connection would only end in timeouts while their bodies fill the memory. */
const PENDING_MAX = 1024;
const PENDING_PER_CONNECTION_MAX = 8;
/** A provider with longer headers than this is not one we know. */
const HEADER_BYTES_MAX = 32_768;
/**
 * Shorter than the keep-alive of any common server (uvicorn closes after 5 s and does not say so): a request must not be
 * written to a socket that is just being closed. A server that announces a longer time gets it.
 */
const KEEP_ALIVE_MS = 4_000;
const KEEP_ALIVE_MS_MAX = 600_000;

/** Keep-alive connections to one upstream. */
export class UpstreamPool implements CallObserver {
  private readonly pool: Pool;
  private connected = 0;
  private running = 0;
  private pending = 0;
  private callsTotal = 0;
  private failuresTotal = 0;
  private readonly pendingMax: number;
  private drained: Promise<void> | null = null;

  constructor(
    readonly settings: PoolSettings,
    private readonly clock: Clock,
  ) {
    const { origin, connectMs, connectionsMax, reach } = settings;
    const guard = guardOf(reach);
    this.pendingMax = Math.max(PENDING_MAX, connectionsMax * PENDING_PER_CONNECTION_MAX);
    this.pool = new Pool(origin, {
      connections: connectionsMax,
      pipelining: 1,
      // One request per socket: a cancelled call is a closed socket, and a stalled one stalls nobody else.
      allowH2: false,
      connectTimeout: connectMs,
      ...(guard && { connect: guardedConnector(guard, { connectTimeoutMs: connectMs }) }),
      // The calls keep their own time, from before they have a connection.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS_MAX,
      maxHeaderSize: HEADER_BYTES_MAX,
    });
    this.pool.on('connect', () => (this.connected += 1));
    this.pool.on('disconnect', () => (this.connected -= 1));
  }

  get stats(): PoolStats {
    const { connected, running, pending, callsTotal, failuresTotal } = this;
    const { origin, connectionsMax } = this.settings;
    return { origin, connectionsMax, connected, running, pending, callsTotal, failuresTotal };
  }

  /** Sends one request; resolves at the headers of its answer. Rejects as `Connector.send` says. */
  send({ method, path, headers, body, timeouts, signal }: PoolCall): Promise<UpstreamResponse> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    if (this.pending >= this.pendingMax) return Promise.reject(new UpstreamFailure('saturated'));
    this.pending += 1;
    this.callsTotal += 1;
    const call = new UpstreamCall({ timeouts, clock: this.clock, observer: this, signal });
    const options: Dispatcher.DispatchOptions = { method, path, headers, body };
    try {
      this.pool.dispatch(options, call);
    } catch (error) {
      call.onResponseError(null, error as Error);
    }
    return call.response;
  }

  onDequeued(): void {
    this.pending -= 1;
  }

  onStarted(): void {
    this.running += 1;
  }

  onClosed(wasStarted: boolean, failure: Error | null): void {
    if (wasStarted) this.running -= 1;
    if (failure !== null) this.failuresTotal += 1;
  }

  /** Takes no more calls, lets those under way finish for `graceMs`, then closes every connection. */
  async close(graceMs: number): Promise<void> {
    this.drained ??= this.pool.close();
    const isOver = await Promise.race([this.drained.then(() => false), elapse(graceMs)]);
    if (isOver && !this.pool.destroyed) await this.pool.destroy(new UpstreamFailure('closed'));
  }
}

/** Does not keep the process alive. */
function elapse(durationMs: number): Promise<true> {
  return new Promise((resolve) => setTimeout(resolve, durationMs, true).unref());
}
