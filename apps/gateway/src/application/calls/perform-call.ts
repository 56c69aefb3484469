import type { UsageReport } from '@ao/contracts';
import { AppError, ZERO_USD, formatUsd, sleep, toAppError, type Clock, type NanoUsd } from '@ao/kernel';
import { inputTokensOf, outputTokensOf, usageFromOpenAi, usageOf } from '@ao/pricing';
import { openai } from '@ao/wire';
import type { Reservation } from '../../domain/lease-pool.js';
import type { Budget } from '../budget.js';
import type { Admission, Limits } from '../limits.js';
import type { ModelState } from '../model-state.js';
import { payersOf, type Payers } from '../payers.js';
import type { Upstream, UpstreamAnswer, UsageSpool } from '../ports.js';
import { answerHeaders } from './answer-headers.js';
import type { InboundCall, Responder } from './call.js';
import { CallRecord } from './call-record.js';
import { countAnswer, countFrames, estimatePrompt } from './estimate-usage.js';
import { planCall, type CallPlan, type PlanOptions } from './plan-call.js';
import { relayStream } from './relay-stream.js';
import { UpstreamRefusal } from './upstream-refusal.js';

const SETTLED_POLL_MS = 10;

/** nginx's code for a caller that left before the answer. */
const CLIENT_CLOSED_STATUS = 499;

interface PerformCallOptions extends PlanOptions {
  gatewayId: string;
  clock: Clock;
  /** For metrics. */
  onSettled: (report: UsageReport) => void;
}

/** One call under way. */
interface RunningCall {
  call: InboundCall;
  plan: CallPlan;
  record: CallRecord;
  out: Responder;
  admission: Admission | null;
  sentMs: number;
  /** What the provider has of the call, and may have worked on. */
  atProvider: 'nothing' | 'request' | 'whole answer';
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
    const { estimate } = plan.price;
    if (estimate > ZERO_USD && this.spool.isFull()) {
      throw new AppError('backend_unavailable', 'Too much usage waits to be recorded. Try again shortly.', {
        retryAfterSeconds: 1,
      });
    }
    const admitted = this.limits.admit(call.principal, call.callId, plan.promptTokensBound);
    const admission = admitted && (await admitted);
    const { route, request, price } = plan;
    const payers = payersOf(call.principal, this.state.budgets.applyingTo(call, plan));
    const reservation = await this.reserve(payers, estimate, admission);
    const record = new CallRecord({
      gatewayId: this.options.gatewayId,
      call,
      route,
      requestedModel: request.model,
      stream: request.stream,
      endUserId: call.endUserId ?? request.endUserId,
      tags: [...new Set([...call.tags, ...request.tags])],
      price: price.row,
      reservation,
    });
    const sentMs = this.options.clock.monotonicMs();
    const running: RunningCall = { call, plan, record, out, admission, sentMs, atProvider: 'nothing' };
    this.spool.begin(record.begin());
    this.unsettled += 1;
    try {
      await this.run(running);
    } catch (error) {
      billPrompt(running);
      noteFailure(record, call, error);
      throw error;
    } finally {
      this.budget.settle(reservation, record.cost);
      admission?.finish(inputTokensOf(record.usage) + outputTokensOf(record.usage));
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
  private async reserve(
    payers: Payers | null,
    estimate: NanoUsd,
    admission: Admission | null,
  ): Promise<Reservation | null> {
    try {
      return estimate > ZERO_USD ? await this.budget.reserve(payers, estimate) : null;
    } catch (error) {
      admission?.finish(0);
      throw error;
    }
  }

  private async run(running: RunningCall): Promise<void> {
    const { call, plan, record } = running;
    const { provider } = plan.route;
    // Whoever left before this has cost nothing.
    call.signal.throwIfAborted();
    running.atProvider = 'request';
    const answer = await this.upstream.send(provider, {
      endpoint: call.endpoint === '/v1/chat/completions' ? 'chat/completions' : 'embeddings',
      body: plan.body,
      stream: plan.request.stream,
      correlationId: call.correlationId,
      signal: call.signal,
      ...(plan.route.ownKey && call.ownKey !== undefined && { ownKey: call.ownKey }),
    });
    record.status = answer.status;
    if (answer.status >= 400) running.atProvider = 'nothing';
    if (answer.status >= 400) return this.passFailure(running, answer);
    if (plan.request.stream) return this.passStream(running, answer);
    running.atProvider = 'whole answer';
    return this.passWhole(running, answer);
  }

  /** Direct OpenAI's errors go out as they are, a deployment's in our schema. */
  private async passFailure(running: RunningCall, answer: UpstreamAnswer): Promise<void> {
    const { plan, record, out } = running;
    const body = await answer.readAll();
    if (!plan.route.direct) throw UpstreamRefusal.from(answer, body);
    record.errorCode = 'upstream_error';
    out.head(answer.status, this.headers(running, answer));
    out.end(body);
  }

  private async passWhole(running: RunningCall, answer: UpstreamAnswer): Promise<void> {
    const { call, plan, record, out } = running;
    const body = await answer.readAll();
    const embeddingUsage = call.endpoint === '/v1/embeddings' ? openai.usageFromBody(body) : null;
    const completion =
      embeddingUsage === null ? openai.readCompletion(body) : { usage: embeddingUsage, finishReason: null };
    if (!completion)
      throw new AppError(
        'upstream_error',
        `The provider ${plan.route.provider.name} answered with something that is not JSON.`,
      );
    record.finishReason = completion.finishReason;
    const usage = usageFromOpenAi(completion.usage);
    record.usage = usage ?? countAnswer(plan, body);
    record.usageSource = usage ? 'provider' : 'estimated';
    out.head(answer.status, {
      ...this.headers(running, answer),
      'content-length': String(body.length),
      'x-ao-cost-usd': formatUsd(record.cost),
      'x-litellm-response-cost': formatUsd(record.cost),
    });
    out.end(body);
  }

  private async passStream(running: RunningCall, answer: UpstreamAnswer): Promise<void> {
    const { call, plan, record, out } = running;
    const relayed = await relayStream(answer.body, out, record, {
      includeUsage: plan.request.includeUsage,
      start: () => {
        record.firstTokenMs = this.options.clock.monotonicMs() - call.startedMonotonicMs;
        // The cost is known only at the end: it follows as a trailer.
        out.head(answer.status, {
          ...this.headers(running, answer),
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-cache',
          trailer: 'x-ao-cost-usd',
        });
      },
      trailers: (frames) => {
        estimateStream(running, frames);
        return { 'x-ao-cost-usd': formatUsd(record.cost) };
      },
    });
    estimateStream(running, relayed.frames);
    if (relayed.failure) noteFailure(record, call, relayed.failure);
  }

  /** The overhead is what this gateway did before it called the provider; after that it only passes bytes on. */
  private headers({ call, plan, admission, sentMs }: RunningCall, answer: UpstreamAnswer): Record<string, string> {
    return { ...answer.headers, ...admission?.headers, ...answerHeaders(plan.route, sentMs - call.startedMonotonicMs) };
  }
}

/** Where the provider reported nothing, what was sent is counted and billed (MT-009). */
function estimateStream({ plan, record }: RunningCall, frames: Buffer[]): void {
  if (record.usageSource !== 'none' || frames.length === 0) return;
  record.usage = countFrames(plan, frames);
  record.usageSource = 'estimated';
}

/**
 * A caller that leaves before its answer, or an answer that cannot be read, does not make the provider's work undone: the
 * prompt at least is billed, lest a budget be passed by hanging up in time. A stream that failed by itself began nothing.
 */
function billPrompt({ call, plan, record, atProvider }: RunningCall): void {
  const isWorkDone = call.signal.aborted ? atProvider !== 'nothing' : atProvider === 'whole answer';
  if (!isWorkDone || record.usageSource !== 'none') return;
  record.usage = usageOf({ inputTokens: estimatePrompt(plan) });
  record.usageSource = 'estimated';
}

function noteFailure(record: CallRecord, call: InboundCall, error: unknown): void {
  if (call.signal.aborted) {
    record.status = CLIENT_CLOSED_STATUS;
    record.partial = true;
    return;
  }
  const { code, status } =
    error instanceof UpstreamRefusal ? { code: error.body.error.code, status: error.status } : toAppError(error);
  record.errorCode = code;
  record.status = status;
}
