import type { UsageReport } from '@ao/contracts';
import { AppError, sleep, toAppError, withDeadline, type Clock, type Logger } from '@ao/kernel';
import type { InboundCall, Responder } from '../calls/call.js';
import { UpstreamRefusal } from '../calls/upstream-refusal.js';
import type { AnswerStore, KeyedCall } from './answer-store.js';
import { RecordingResponder } from './recording-responder.js';
import type { SavedAnswer } from './saved-answer.js';

/** How a call with an idempotency key ended: it ran, it got the answer of an earlier one, or neither. */
export type IdempotentOutcome = 'run' | 'replayed' | 'refused';

export interface IdempotentCallsOptions {
  perform: (call: InboundCall, out: Responder) => Promise<unknown>;
  store: AnswerStore;
  clock: Clock;
  logger: Logger;
  /** A larger answer is not kept. */
  answerBytesMax: number;
  /** How often a run says that it lives. */
  renewEveryMs: number;
  /** For metrics. */
  onOutcome: (outcome: IdempotentOutcome) => void;
}

/** A call under way. */
interface Run {
  cut: AbortController;
  /** What it cost, once that is known. */
  report: UsageReport | null;
}

/** Calls that wait for another one, in this process. */
const WAITING_MAX = 1_000;
/** As long as the slowest provider may take. */
const WAIT_MAX_MS = 600_000;
const POLL_FIRST_MS = 20;
const POLL_MAX_MS = 250;
/** A call that waits bears with a store that is away for so long; one that has just come need not. */
const OUTAGE_MAX_MS = 2_000;
/** Together longer than a store takes to fail over, shorter than anybody waits. */
const SAVES_MAX = 10;
const SAVE_AGAIN_AFTER_MS = 500;

/**
 * Calls that came with an `Idempotency-Key`: the first one with a key runs, the others get its answer. A call that has a
 * key is finished also when its caller leaves, for the caller is expected back.
 */
export class IdempotentCalls {
  private readonly running = new Map<string, Run>();
  /** Runs, and savings that outlived theirs. */
  private readonly unfinished = new Set<Promise<unknown>>();
  private readonly stopping = new AbortController();
  private waiting = 0;

  constructor(private readonly options: IdempotentCallsOptions) {}

  /** Learns what a call cost, before `perform` comes back. */
  noteSettled(report: UsageReport): void {
    const run = this.running.get(report.requestId);
    if (run) run.report = report;
  }

  /**
   * Answers a call through `out`, from what was saved or by running it.
   * @throws AppError `conflict` (another request had the key; the answer was not kept; the first call still runs after
   *   ten minutes), `backend_unavailable` (the shared store is away: nothing was sent), `capacity_exceeded`; whatever
   *   the call itself is refused with.
   */
  async execute(call: InboundCall, key: string, out: Responder): Promise<void> {
    const keyed = this.options.store.identify(call, key);
    const answer = await this.claimOrFind(keyed, call.signal).catch((error: unknown) => {
      this.options.onOutcome('refused');
      throw error;
    });
    this.options.onOutcome(answer ? 'replayed' : 'run');
    return answer ? replay(answer, out) : this.track(this.run(keyed, call, out));
  }

  /** Cuts off the calls that still run, and waits for their answers to be saved. */
  async stop(deadlineMs: number): Promise<void> {
    this.stopping.abort();
    const reason = new AppError('server_shutting_down', 'The server is stopping.');
    for (const { cut } of this.running.values()) cut.abort(reason);
    const late = (): Error => new Error(`calls had not ended after ${deadlineMs} ms`);
    await withDeadline(Promise.allSettled(this.unfinished), deadlineMs, late).catch((error: unknown) =>
      this.options.logger.warn({ err: error }, 'answers of calls with an idempotency key may be lost'),
    );
  }

  /** Null once the key is this call's; else the answer of the call that had it, for which it waits. */
  private async claimOrFind(keyed: KeyedCall, signal: AbortSignal): Promise<SavedAnswer | null> {
    if (await this.claim(keyed)) return null;
    if (this.waiting >= WAITING_MAX) {
      const message = 'Too many calls wait for earlier ones with their Idempotency-Key. Try again shortly.';
      throw new AppError('capacity_exceeded', message, { retryAfterSeconds: 1 });
    }
    this.waiting += 1;
    try {
      return await this.waitFor(keyed, signal);
    } finally {
      this.waiting -= 1;
    }
  }

  private async waitFor(keyed: KeyedCall, signal: AbortSignal): Promise<SavedAnswer | null> {
    const { store, clock } = this.options;
    const endMs = clock.monotonicMs() + WAIT_MAX_MS;
    let seenMs = clock.monotonicMs();
    for (let pollMs = POLL_FIRST_MS; clock.monotonicMs() < endMs; pollMs = Math.min(pollMs * 2, POLL_MAX_MS)) {
      const found = await store.find(keyed).catch((error: unknown) => {
        if (!isAway(error) || clock.monotonicMs() - seenMs > OUTAGE_MAX_MS) throw refusalFor(error);
        return null;
      });
      if (found) seenMs = clock.monotonicMs();
      if (found?.kind === 'answered') return found.answer;
      if (found?.kind === 'other') throw conflict(OTHER_REQUEST);
      if (found?.kind === 'unsaved') throw conflict(NOT_KEPT);
      if (found?.kind === 'free' && (await this.claim(keyed))) return null;
      if (found?.kind !== 'free') await sleep(pollMs, signal);
      signal.throwIfAborted();
    }
    throw conflict(STILL_RUNNING, 1);
  }

  private async claim(keyed: KeyedCall): Promise<boolean> {
    try {
      return await this.options.store.claim(keyed);
    } catch (error) {
      // The store may have taken it all the same: then it must not stand in the way of the next try.
      if (isAway(error)) void this.track(this.unclaim(keyed));
      throw refusalFor(error);
    }
  }

  private async unclaim(keyed: KeyedCall): Promise<void> {
    await sleep(SAVE_AGAIN_AFTER_MS, this.stopping.signal);
    await this.options.store.release(keyed).catch(() => undefined);
  }

  private async run(keyed: KeyedCall, call: InboundCall, out: Responder): Promise<void> {
    const { perform, answerBytesMax } = this.options;
    const run: Run = { cut: new AbortController(), report: null };
    const recording = new RecordingResponder(out, answerBytesMax);
    const stopRenewing = this.keepRenewing(keyed);
    this.running.set(call.callId, run);
    let failure: { error: unknown } | null = null;
    try {
      await perform({ ...call, signal: run.cut.signal }, recording);
    } catch (error) {
      failure = { error };
    } finally {
      stopRenewing();
      this.running.delete(call.callId);
    }
    const answer = failure && !recording.started ? answerOf(failure.error) : recording.answer;
    await this.settle(keyed, run.report, answer);
    if (failure) throw failure.error;
    recording.finish();
  }

  private keepRenewing(keyed: KeyedCall): () => void {
    const { store, logger, renewEveryMs } = this.options;
    const lost = (error?: unknown): void =>
      logger.warn({ err: error, callId: keyed.holder }, 'a call may run twice: its idempotency key was not renewed');
    const renew = (): void => void store.renew(keyed).then((renewed) => (renewed ? undefined : lost()), lost);
    const timer = setInterval(renew, renewEveryMs);
    return () => clearInterval(timer);
  }

  /** Saves how the call ended or, when it cost nothing and failed, lets the key be used again. */
  private async settle(keyed: KeyedCall, report: UsageReport | null, answer: SavedAnswer | null): Promise<void> {
    const { store } = this.options;
    const attempt = isFinal(report)
      ? () => store.save(keyed, answer && identified(answer, keyed.holder))
      : () => store.release(keyed);
    try {
      await attempt();
    } catch {
      // The caller need not wait for a store that is away.
      void this.track(this.saveLater(keyed, attempt));
    }
  }

  private async saveLater({ holder }: KeyedCall, attempt: () => Promise<unknown>): Promise<void> {
    const { signal } = this.stopping;
    for (let saves = 1; saves < SAVES_MAX && !signal.aborted; saves += 1) {
      await sleep(SAVE_AGAIN_AFTER_MS, signal);
      const saved = await attempt().then(
        () => true,
        () => false,
      );
      if (saved) return;
    }
    this.options.logger.warn({ callId: holder }, 'the outcome of a call was not saved: sent again, it runs again');
  }

  private track<T>(work: Promise<T>): Promise<T> {
    const tracked = work.finally(() => this.unfinished.delete(tracked));
    this.unfinished.add(tracked);
    return tracked;
  }
}

const OTHER_REQUEST = 'Another request had this Idempotency-Key. Choose a new key for a new request.';
const NOT_KEPT =
  'The first call with this Idempotency-Key was carried out and charged, but its answer was too large to keep or broke ' +
  'off. Choose a new key to run it, and pay for it, again.';
const STILL_RUNNING = 'The first call with this Idempotency-Key still runs. Send it again in a moment.';

const conflict = (message: string, retryAfterSeconds?: number): AppError =>
  new AppError('conflict', message, {
    param: 'idempotency-key',
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });

const isAway = (error: unknown): error is AppError => error instanceof AppError && error.code === 'backend_unavailable';

/** Without the store nobody can know whether the call was made: it is refused before it costs anything. */
function refusalFor(error: unknown): unknown {
  if (!isAway(error)) return error;
  return new AppError(
    'backend_unavailable',
    'Whether this Idempotency-Key was used before cannot be seen now, so nothing was sent. Try again in a moment.',
    { cause: error, internal: error.internal ?? error.message, retryAfterSeconds: 1 },
  );
}

/** Whatever was charged, and every success: it must not happen again. All else may be tried again. */
function isFinal(report: UsageReport | null): boolean {
  return report !== null && (report.usageSource !== 'none' || report.status < 400);
}

/** How the caller of a failed call hears of it. */
function answerOf(failure: unknown): SavedAnswer {
  const { status, body } =
    failure instanceof UpstreamRefusal
      ? failure
      : { status: toAppError(failure).status, body: toAppError(failure).toBody() };
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return { status, headers, trailers: {}, body: Buffer.from(JSON.stringify(body)) };
}

/** Of the first call alone: its limits at that time, and how long it took here. */
const OWN_HEADERS =
  /^(x-ratelimit-.*|x-ao-limits|x-ao-overhead-ms|x-litellm-(overhead|response)-duration-ms|retry-after)$/;

/** The answer under the id of the call that was billed, its cost among the headers. */
function identified(answer: SavedAnswer, callId: string): SavedAnswer {
  const kept = Object.entries(answer.headers).filter(([name]) => !OWN_HEADERS.test(name));
  const ids = { 'x-ao-request-id': callId, 'x-litellm-call-id': callId };
  return { ...answer, headers: { ...Object.fromEntries(kept), ...answer.trailers, ...ids } };
}

function replay({ status, headers, trailers, body }: SavedAnswer, out: Responder): void {
  out.head(status, { ...headers, 'x-ao-idempotent-replay': 'true' });
  out.end(body, Object.keys(trailers).length > 0 ? trailers : undefined);
}
