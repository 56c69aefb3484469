import type { UsageReport } from '@ao/contracts';
import { AppError, ZERO_USD, type Clock, type IdGenerator, type NanoUsd } from '@ao/kernel';
import { NO_USAGE, addUsage, estimateMax, isConsumed, usageOf, type PriceRow, type Usage } from '@ao/pricing';
import type { Reservation } from '../../domain/lease-pool.js';
import type { Budget } from '../budget.js';
import type { AttributedCall } from '../budget-scopes.js';
import { attributionOf, type Attribution } from '../calls/attribution.js';
import { CallRecord, type RecordedCall } from '../calls/call-record.js';
import type { Route } from '../calls/route.js';
import type { ModelState } from '../model-state.js';
import { payersOf, type Payers } from '../payers.js';
import type { UsageSpool } from '../ports.js';

/** What the largest realtime models take and give in one response, where the price row does not say. */
const CONTEXT_TOKENS_UNKNOWN = 128_000;
const OUTPUT_TOKENS_UNKNOWN = 4_096;

export type SessionCall = RecordedCall & AttributedCall;

export interface SessionMoneyParts {
  gatewayId: string;
  clock: Clock;
  ids: IdGenerator;
  state: ModelState;
  budget: Budget;
  spool: UsageSpool;
  onSettled: (report: UsageReport) => void;
}

/** One response of a model: reserved for before it begins, and a record of its own. */
interface Slice {
  record: CallRecord;
  reservation: Reservation | null;
  startedMonotonicMs: number;
  usage: Usage;
}

/**
 * The money of a realtime session (GW-009). A model may begin a response whenever it hears a pause, so one response more
 * than are under way is always reserved for, at the most that one can cost. Each ends in a record of its own.
 */
export class SessionMoney {
  private readonly payers: Payers | null;
  private readonly attribution: Attribution;
  private readonly amount: NanoUsd;
  private ahead: Slice | null = null;
  private readonly underWay = new Map<string, Slice>();
  private first = true;
  private closed = false;
  private asking: Promise<void> = Promise.resolve();

  /** @param price Undefined where nothing is charged. @throws AppError `invalid_parameter` for what the key may not name. */
  constructor(
    private readonly call: SessionCall,
    private readonly route: Route,
    private readonly price: PriceRow | undefined,
    private readonly parts: SessionMoneyParts,
  ) {
    this.attribution = attributionOf(call, { tags: [], endUserId: null });
    const plan = { route, request: { model: route.modelGroup ?? route.model }, attribution: this.attribution };
    this.payers = payersOf(call.principal, parts.state.budgets.applyingTo(call, plan));
    this.amount = this.payers && price ? mostOfOneResponse(price) : ZERO_USD;
  }

  /** Responses that have begun and not ended. */
  get active(): number {
    return this.underWay.size;
  }

  /** Reserves for one response more, unless that is done. @throws AppError `wallet_exhausted`, `budget_exceeded`. */
  reserveAhead(): Promise<void> {
    // One question at a time: two would reserve for two.
    this.asking = this.askAfter(this.asking);
    return this.asking;
  }

  private async askAfter(before: Promise<void>): Promise<void> {
    await before.catch(() => undefined);
    if (this.ahead || this.closed) return;
    const { spool, budget } = this.parts;
    if (this.amount > ZERO_USD && spool.isFull()) {
      throw new AppError('backend_unavailable', 'Too much usage waits to be recorded. Try again shortly.');
    }
    const reservation = this.amount > ZERO_USD ? await budget.reserve(this.payers, this.amount) : null;
    // It may have come too late.
    if (this.closed) budget.settle(reservation, ZERO_USD);
    else this.ahead = this.sliceOf(reservation);
  }

  /** A response began. @returns false when nothing is reserved for it yet: `reserveAhead` first. */
  begin(responseId: string): boolean {
    const slice = this.ahead;
    if (!slice || this.underWay.has(responseId)) return slice !== null;
    this.ahead = null;
    slice.startedMonotonicMs = this.parts.clock.monotonicMs();
    this.underWay.set(responseId, slice);
    this.parts.spool.begin(slice.record.begin(), () => ({
      inputTokens: 0,
      outputTokens: slice.usage.outputTokens,
      charges: slice.reservation?.charges ?? [],
    }));
    return true;
  }

  /** Counts what has come of a response, for the case that its usage never comes. */
  note(responseId: string, further: Partial<Usage>): void {
    const slice = this.underWay.get(responseId);
    if (slice) slice.usage = addUsage(slice.usage, usageOf(further));
  }

  /** A response ended. @param usage As the provider reported it; null: what was counted holds. */
  end(responseId: string, usage: Usage | null, status: string | null): void {
    const slice = this.underWay.get(responseId);
    if (!slice) return;
    this.underWay.delete(responseId);
    const { record } = slice;
    record.status = 200;
    record.partial = usage === null;
    record.finishReason = status;
    record.usage = usage ?? slice.usage;
    if (usage) record.usageSource = 'provider';
    else if (isConsumed(record.usage)) record.usageSource = 'estimated';
    this.settle(slice);
  }

  /** The session is over: responses whose end was never told are billed as far as they were heard. */
  close(): void {
    this.closed = true;
    for (const responseId of this.underWay.keys()) this.end(responseId, null, null);
    if (this.ahead) this.parts.budget.settle(this.ahead.reservation, ZERO_USD);
    this.ahead = null;
  }

  private settle({ record, reservation, startedMonotonicMs }: Slice): void {
    const { budget, spool, clock, onSettled } = this.parts;
    budget.settle(reservation, record.cost);
    const report = record.end(clock.monotonicMs() - startedMonotonicMs);
    spool.end(report);
    onSettled(report);
  }

  private sliceOf(reservation: Reservation | null): Slice {
    const { gatewayId, clock, ids } = this.parts;
    // The first bears the id that the caller was told.
    const callId = this.first ? this.call.callId : ids.next('req');
    this.first = false;
    const record = new CallRecord({
      gatewayId,
      call: { ...this.call, callId, startedAtMs: clock.nowMs() },
      route: this.route,
      requestedModel: this.route.modelGroup ?? this.route.model,
      stream: true,
      attribution: this.attribution,
      price: this.price,
      reservation,
    });
    return { record, reservation, startedMonotonicMs: clock.monotonicMs(), usage: NO_USAGE };
  }
}

const mostOfOneResponse = (price: PriceRow): NanoUsd =>
  estimateMax(
    {
      promptTokensBound: price.contextTokensMax ?? CONTEXT_TOKENS_UNKNOWN,
      maxOutputTokens: price.outputTokensMax ?? OUTPUT_TOKENS_UNKNOWN,
      serviceTiers: 'any',
    },
    price,
  );
