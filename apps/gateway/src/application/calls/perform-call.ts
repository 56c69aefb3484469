import type { UsageReport } from '@ao/contracts';
import { AppError, ZERO_USD, formatUsd, sleep, type Clock } from '@ao/kernel';
import { inputTokensOf, outputTokensOf } from '@ao/pricing';
import type { Budget } from '../budget.js';
import type { CacheHit, CacheMiss, CacheTurn } from '../cache/cache-turn.js';
import type { ResponseCache } from '../cache/response-cache.js';
import type { Admission, Limits } from '../limits.js';
import type { ModelState } from '../model-state.js';
import { payersOf, type Payers } from '../payers.js';
import type { Upstream, UpstreamAnswer, UsageSpool } from '../ports.js';
import { answerHeaders } from './answer-headers.js';
import type { InboundCall, Responder } from './call.js';
import { CallRecord } from './call-record.js';
import { countAnswer, estimateUnsaid } from './estimate-usage.js';
import { billPrompt, billStream, noteFailure, type AtProvider } from './note-failure.js';
import { planCall, type CallPlan, type PlanOptions } from './plan-call.js';
import { relayStream } from './relay-stream.js';
import { cacheFactsOf, serveHit } from './serve-hit.js';
import { SLICE_TOKENS_MIN, StreamAllowance } from './stream-allowance.js';
import { StreamedText } from './streamed-text.js';
import { takeSlice, type Slice } from './take-slice.js';
import { UpstreamRefusal } from './upstream-refusal.js';

const SETTLED_POLL_MS = 10;
const HEADER_LENGTH_MAX = 1_024;

interface PerformCallOptions extends PlanOptions {
  gatewayId: string;
  clock: Clock;
  /** For metrics. */
  onSettled: (report: UsageReport) => void;
  /** Repeats answers; absent: every call is made. */
  cache?: ResponseCache;
}

/** One call under way. */
interface RunningCall {
  call: InboundCall;
  plan: CallPlan;
  record: CallRecord;
  out: Responder;
  admission: Admission | null;
  /** What the response cache said of it. */
  cached: CacheMiss | null;
  sentMs: number;
  atProvider: AtProvider;
  /** Of a stream, what the caller has received. */
  text: StreamedText;
  /** How far a stream may go that is not reserved for to its end. */
  allowance: StreamAllowance | null;
}

/** The data plane: plan → reserve → call the provider → pass its answer on → settle. Knows no provider by name. */
export class PerformCall {
  /** Calls begun and not settled. */
  private unsettled = 0;

  constructor(
    private readonly state: ModelState,
    private readonly limits: Limits,
    private readonly budget: Budget,
    private readonly upstream: Upstream,
    private readonly spool: UsageSpool,
    private readonly options: PerformCallOptions,
  ) {}

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
    const admitted = this.limits.admit(call.principal, call.callId, plan.promptTokensBound);
    const admission = admitted && (await admitted);
    const looked = this.options.cache?.begin(call, cacheFactsOf(plan, plan.request.includeCost || call.principal.includeCost));
    const cached = looked ? await this.lookUp(looked, admission) : null;
    if (cached?.kind === 'hit') return this.serve(call, plan, out, admission, cached);
    const payers = payersOf(call.principal, this.state.budgets.applyingTo(call, plan));
    const slice = await this.reserve(payers, plan, admission).catch((error: unknown) => {
      cached?.finish(null);
      throw error;
    });
    const running = this.begin(call, plan, cached?.record(out) ?? out, admission, { payers, ...slice, cached });
    const { record, allowance } = running;
    if (cached) record.cache = cached.outcome;
    try {
      await this.run(running);
    } catch (error) {
      billPrompt(running, error);
      noteFailure(record, call, error);
      throw error;
    } finally {
      allowance?.close();
      this.budget.settle(slice.reservation, record.cost);
      admission?.finish(inputTokensOf(record.usage) + outputTokensOf(record.usage));
      const report = record.end(this.options.clock.monotonicMs() - call.startedMonotonicMs);
      this.spool.end(report);
      this.unsettled -= 1;
      this.options.onSettled(report);
      cached?.finish(report);
    }
    return record;
  }

  /** A call that ends while it waits gives its slot back. */
  private async lookUp(looked: Promise<CacheTurn | null>, admission: Admission | null): Promise<CacheTurn | null> {
    try {
      return await looked;
    } catch (error) {
      admission?.finish(0);
      throw error;
    }
  }

  /** No provider is called and nothing is reserved; the call is recorded all the same. */
  private serve(call: InboundCall, plan: CallPlan, out: Responder, admission: Admission | null, hit: CacheHit): CallRecord {
    const running = this.begin(call, plan, out, admission, { payers: null, tokens: 0, reservation: null, cached: null });
    const { record } = running;
    try {
      serveHit(hit, record, out, {
        ...admission?.headers,
        ...answerHeaders(plan.route, running.sentMs - call.startedMonotonicMs),
      });
    } finally {
      admission?.finish(0);
      const report = record.end(this.options.clock.monotonicMs() - call.startedMonotonicMs);
      this.spool.end(report);
      this.unsettled -= 1;
      this.options.onSettled(report);
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

  /** A call that cannot be paid gives its slot and its tokens back; it counts as a request all the same. */
  private async reserve(payers: Payers | null, { price }: CallPlan, admission: Admission | null): Promise<Slice> {
    const { first, max } = price.output;
    const amountOf = price.costMax;
    if (amountOf(first) === ZERO_USD) return { tokens: max, reservation: null };
    try {
      const tokensMin = first < max ? Math.min(first, SLICE_TOKENS_MIN) : first;
      return await takeSlice(this.budget, payers, { tokensWanted: first, tokensMin, amountOf });
    } catch (error) {
      admission?.finish(0);
      throw error;
    }
  }

  /** From here on the call ends in a report. */
  private begin(
    call: InboundCall,
    plan: CallPlan,
    out: Responder,
    admission: Admission | null,
    { payers, tokens, reservation, cached }: Slice & { payers: Payers | null; cached: CacheMiss | null },
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
    const { budget } = this;
    const isOpenEnded = payers !== null && reservation !== null && tokens < price.output.max;
    const running: RunningCall = {
      call,
      plan,
      record,
      out,
      admission,
      cached,
      sentMs: this.options.clock.monotonicMs(),
      atProvider: 'nothing',
      text: new StreamedText(route.model),
      allowance: isOpenEnded ? new StreamAllowance({ budget, payers, reservation, price, tokens }) : null,
    };
    this.spool.begin(record.begin(), () => ({
      inputTokens: request.promptTokensGuess,
      outputTokens: running.text.guess,
      charges: reservation?.charges ?? [],
    }));
    this.unsettled += 1;
    return running;
  }

  private async run(running: RunningCall): Promise<void> {
    const { call, plan, record } = running;
    const { provider } = plan.route;
    // Whoever left before this has cost nothing.
    call.signal.throwIfAborted();
    running.atProvider = 'request';
    const answer = await this.upstream.send(provider, {
      endpoint: plan.exchange.endpoint,
      model: plan.route.model,
      body: plan.exchange.body,
      ...(plan.exchange.contentType !== undefined && { contentType: plan.exchange.contentType }),
      headers: call.protocolHeaders,
      ...(plan.exchange.isOpaque && { accept: '*/*' }),
      stream: plan.request.stream,
      correlationId: call.correlationId,
      signal: call.signal,
      ...(call.native && { native: call.native }),
      ...(plan.route.ownKey && call.ownKey !== undefined && { ownKey: call.ownKey }),
    });
    record.status = answer.status;
    if (answer.status >= 400) running.atProvider = 'nothing';
    if (answer.status >= 400) return this.passFailure(running, answer);
    if (plan.request.stream) return this.passStream(running, answer);
    running.atProvider = 'whole answer';
    if (plan.exchange.isOpaque) return this.passOpaque(running, answer);
    return this.passWhole(running, answer);
  }

  /** Direct OpenAI's errors go out as they are, a deployment's in our schema. */
  private async passFailure(running: RunningCall, answer: UpstreamAnswer): Promise<void> {
    const { plan, record, out } = running;
    const body = await answer.readAll();
    if (!plan.route.direct) throw UpstreamRefusal.from(answer, body, plan.exchange);
    record.errorCode = 'upstream_error';
    out.head(answer.status, this.headers(running, answer));
    out.end(body);
  }

  private async passWhole(running: RunningCall, answer: UpstreamAnswer): Promise<void> {
    const { plan, record, out } = running;
    const whole = plan.exchange.readAnswer(await answer.readAll(), answer.headers['content-type']);
    if (!whole)
      throw new AppError(
        'upstream_error',
        `The provider ${plan.route.provider.name} answered with something that is not in its protocol.`,
      );
    const { usage, finishReason, serviceTier } = whole;
    record.finishReason = finishReason;
    record.serviceTier = serviceTier;
    record.usage = usage ?? countAnswer(plan, whole.text());
    record.usageSource = usage ? 'provider' : 'estimated';
    const costUsd = formatUsd(record.cost);
    const told = wantsCost(running) ? whole.withCost(costUsd) : whole.body;
    out.head(answer.status, {
      ...this.headers(running, answer),
      'content-type': whole.contentType,
      'content-length': String(told.length),
      'x-ao-cost-usd': costUsd,
      'x-litellm-response-cost': costUsd,
    });
    out.end(told);
  }

  /** Sound and the like as it comes: what it costs is known before. A break tears the connection, as nothing else can tell of it. */
  private async passOpaque(running: RunningCall, answer: UpstreamAnswer): Promise<void> {
    const { plan, record, out } = running;
    record.usage = estimateUnsaid(plan);
    record.usageSource = 'estimated';
    const costUsd = formatUsd(record.cost);
    // Until its end.
    record.partial = true;
    let hasBegun = false;
    for await (const chunk of answer.body) {
      if (!hasBegun) {
        out.head(answer.status, {
          'content-type': 'application/octet-stream',
          ...this.headers(running, answer),
          'x-ao-cost-usd': costUsd,
          'x-litellm-response-cost': costUsd,
        });
      }
      hasBegun = true;
      await out.write(chunk);
    }
    if (!hasBegun)
      throw new AppError('upstream_error', `The provider ${plan.route.provider.name} answered with nothing.`);
    record.partial = false;
    out.end();
  }

  private async passStream(running: RunningCall, answer: UpstreamAnswer): Promise<void> {
    const { call, plan, record, out } = running;
    const { text, allowance } = running;
    const includeCost = wantsCost(running);
    const stream = plan.exchange.openStream({ includeUsage: plan.request.includeUsage, includeCost });
    const failure = await relayStream(answer.body, out, record, {
      stream,
      includeCost,
      text,
      allowance,
      start: () => {
        record.firstTokenMs = this.options.clock.monotonicMs() - call.startedMonotonicMs;
        // The cost is known only at the end: it follows as a trailer.
        out.head(answer.status, {
          ...this.headers(running, answer),
          'cache-control': 'no-cache',
          // What has no type of ours may have no body either, and then there is no place for a trailer.
          ...(stream.contentType !== null && { 'content-type': stream.contentType, trailer: 'x-ao-cost-usd' }),
        });
      },
      trailers: () => {
        billStream(running);
        return { 'x-ao-cost-usd': formatUsd(record.cost) };
      },
    });
    billStream(running);
    if (failure) noteFailure(record, call, failure);
  }

  /** The overhead is what this gateway did before it called the provider; after that it only passes bytes on. */
  private headers({ call, plan, admission, cached, sentMs }: RunningCall, answer: UpstreamAnswer): Record<string, string> {
    const { dropped } = plan.exchange;
    return {
      ...answer.headers,
      ...admission?.headers,
      ...answerHeaders(plan.route, sentMs - call.startedMonotonicMs),
      ...cached?.headers,
      ...(dropped.length > 0 && { 'x-ao-dropped-params': dropped.join(', ').slice(0, HEADER_LENGTH_MAX) }),
    };
  }
}

const wantsCost = ({ call, plan }: RunningCall): boolean => plan.request.includeCost || call.principal.includeCost;
