import type { UsageReport } from '@ao/contracts';
import { AppError, ZERO_USD, sleep, type Clock } from '@ao/kernel';
import { inputTokensOf, outputTokensOf } from '@ao/pricing';
import type { Budget } from '../budget.js';
import type { CacheHit } from '../cache/cache-turn.js';
import type { ResponseCache } from '../cache/response-cache.js';
import type { Circuits } from '../circuits.js';
import { limitedCall } from '../limits/limited-call.js';
import type { Admission, Limits } from '../limits/limits.js';
import type { ModelState } from '../model-state.js';
import { payersOf, type Payers } from '../payers.js';
import type { Upstream, UsageSpool } from '../ports.js';
import { Attempts } from './attempts/attempts.js';
import type { Capacity } from './attempts/capacity.js';
import { allowanceOf, payForFirst } from './attempts/pay-for-attempt.js';
import type { RunningCall } from './attempts/running-call.js';
import type { InboundCall, Responder } from './call.js';
import { answerHeaders } from './answer-headers.js';
import { CallRecord } from './call-record.js';
import { billPrompt, noteFailure } from './note-failure.js';
import { planCall, type CallPlan, type PlanOptions } from './plan-call.js';
import { cacheFactsOf, serveHit } from './serve-hit.js';
import { StreamedText } from './streamed-text.js';
import type { Slice } from './take-slice.js';

const SETTLED_POLL_MS = 10;

interface PerformCallOptions extends PlanOptions {
  gatewayId: string;
  clock: Clock;
  circuits: Circuits;
  /** Repeats answers; absent: every call is made. */
  cache?: Pick<ResponseCache, 'begin'>;
  capacity: Capacity;
  /** Between two attempts; ends early when the signal aborts. */
  wait: (durationMs: number, signal: AbortSignal) => Promise<void>;
  /** For metrics. */
  onSettled: (report: UsageReport) => void;
}

/** The data plane: plan → look into the cache → reserve → call the provider → pass its answer on → settle. Knows no provider by name. */
export class PerformCall {
  /** Calls begun and not settled. */
  private unsettled = 0;
  private readonly attempts: Attempts;

  constructor(
    private readonly state: ModelState,
    private readonly limits: Limits,
    private readonly budget: Budget,
    upstream: Upstream,
    private readonly spool: UsageSpool,
    private readonly options: PerformCallOptions,
  ) {
    const { circuits, capacity, clock, wait } = options;
    this.attempts = new Attempts({ upstream, budget, state, circuits, capacity, plan: options, clock, wait });
  }

  /**
   * Answers a call through `out`.
   * @throws AppError as long as nothing went out; what happens later is told in the stream.
   */
  async execute(call: InboundCall, out: Responder): Promise<CallRecord> {
    const plan = planCall(call, this.state, this.options);
    if (this.spool.isFull() && plan.price.costMax(plan.price.output.max) > ZERO_USD) {
      throw new AppError('backend_unavailable', 'Too much usage waits to be recorded. Try again shortly.', {
        retryAfterSeconds: 1,
      });
    }
    const admitted = call.isAdmitted ? null : this.limits.admit(limitedCall(call, plan));
    const admission = admitted && (await admitted);
    const looked = this.options.cache?.begin(call, cacheFactsOf(call, plan)) ?? null;
    const cached = looked && (await orGiveBack(admission, () => looked));
    if (cached?.kind === 'hit') return this.serve(call, plan, out, admission, cached);
    const payers = payersOf(call.principal, this.state.budgets.applyingTo(call, plan));
    const slice = await orGiveBack(admission, () => payForFirst(this.budget, payers, plan.price)).catch(
      (error: unknown) => {
        cached?.finish(null);
        throw error;
      },
    );
    const running = this.begin(call, plan, cached?.record(out) ?? out, admission, { payers, ...slice });
    const { record } = running;
    if (cached) record.cache = cached.outcome;
    try {
      await this.attempts.run(running);
    } catch (error) {
      billPrompt(running, error);
      noteFailure(record, call, error);
      throw error;
    } finally {
      running.allowance?.close();
      const report = this.noteEnd(running);
      this.budget.settle(running.reservation, report.cost);
      admission?.finish(inputTokensOf(report.usage) + outputTokensOf(report.usage));
      this.settle(report);
      cached?.finish(report);
    }
    return record;
  }

  /**
   * Resolves once every call has settled, or after `deadlineMs`. A call whose connection was just closed settles a moment
   * later: the spool must not close before.
   */
  async whenSettled(deadlineMs: number): Promise<void> {
    const { clock } = this.options;
    const endMs = clock.monotonicMs() + deadlineMs;
    while (this.unsettled > 0 && clock.monotonicMs() < endMs) await sleep(SETTLED_POLL_MS);
  }

  /** Puts a call on record, once. */
  private noteEnd(running: RunningCall): UsageReport {
    if (running.report) return running.report;
    const { call, record } = running;
    const report = record.end(this.options.clock.monotonicMs() - call.startedMonotonicMs);
    running.report = report;
    this.spool.end(report);
    return report;
  }

  private settle(report: UsageReport): void {
    this.unsettled -= 1;
    this.options.onSettled(report);
  }

  /** No provider is called and nothing is reserved; the call is recorded all the same. */
  private serve(
    call: InboundCall,
    plan: CallPlan,
    out: Responder,
    admission: Admission | null,
    hit: CacheHit,
  ): CallRecord {
    const running = this.begin(call, plan, out, admission, { payers: null, tokens: 0, reservation: null });
    const { record, sentMs } = running;
    try {
      const passedMs = sentMs - call.startedMonotonicMs;
      const times = { overheadMs: passedMs, durationMs: passedMs };
      serveHit(hit, record, out, { ...admission?.headers, ...answerHeaders(plan.route, null, times) });
    } finally {
      admission?.finish(0);
      this.settle(this.noteEnd(running));
    }
    return record;
  }

  /** From here on the call ends in a report. */
  private begin(
    call: InboundCall,
    plan: CallPlan,
    out: Responder,
    admission: Admission | null,
    { payers, tokens, reservation }: Slice & { payers: Payers | null },
  ): RunningCall {
    const { route, request, attribution, price } = plan;
    const record = new CallRecord({
      gatewayId: this.options.gatewayId,
      call,
      route,
      requestedModel: request.model,
      stream: request.stream,
      attribution,
      price: price.row,
      reservation,
    });
    const { clock } = this.options;
    const totalTimeoutMs = this.state.table.settingsOf(call.principal.orgId).totalTimeoutMs;
    const running: RunningCall = {
      call,
      record,
      out,
      admission,
      deadlineMs: call.startedMonotonicMs + totalTimeoutMs,
      payers,
      reservation,
      hasBegun: false,
      brokeOff: null,
      report: null,
      noteEnd: () => void this.noteEnd(running),
      attempts: 1,
      overheadMs: null,
      plan,
      isAdmitted: false,
      share: null,
      sentMs: clock.monotonicMs(),
      atProvider: 'nothing',
      text: new StreamedText(route.model),
      allowance: allowanceOf(this.budget, payers, reservation, price, tokens),
    };
    this.spool.begin(record.begin(), () => ({
      inputTokens: request.promptTokensGuess,
      outputTokens: running.text.guess,
      charges: running.reservation?.charges ?? [],
    }));
    this.unsettled += 1;
    return running;
  }
}

/** Whoever leaves while the cache is asked, or cannot pay, gives its slot and its tokens back; it counts as a request all the same. */
async function orGiveBack<T>(admission: Admission | null, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    admission?.finish(0);
    throw error;
  }
}
