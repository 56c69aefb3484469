import { costAdjustedV1, type RequestLogRow } from '@ao/contracts';
import { nanoUsd, sleep, type Clock, type IdGenerator, type Logger } from '@ao/kernel';
import { toOutboxEvent } from '@ao/runtime';
import { PriceHistory } from '../domain/price-history.js';
import type { Rerating } from '../domain/rerating.js';
import type { AdjustedCall, PriceRepository, RatedBatch, ReratingRepository } from './ports.js';
import { rerate } from './rerate.js';

/** Short enough transactions that recording goes on beside them, and short enough work that others in the process do. */
const BATCH_CALLS_MAX = 250;
const BATCH_PAUSE_MS = 20;
/** Looked at in one round; the others come after them. */
const RUNNING_MAX = 100;

export interface RerateCallsOptions {
  reratings: ReratingRepository;
  prices: PriceRepository;
  clock: Clock;
  ids: IdGenerator;
  logger: Logger;
}

/** Carries every re-rating on, batch by batch in turns, until all are finished. Any number of replicas may do so. */
export class RerateCalls {
  private history: { version: number; prices: PriceHistory } | undefined;

  constructor(private readonly options: RerateCallsOptions) {}

  async execute(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await this.round(signal))) await sleep(BATCH_PAUSE_MS, signal);
    this.history = undefined;
  }

  /** One batch of each; false when nothing was left to do. */
  private async round(signal: AbortSignal): Promise<boolean> {
    let advanced = false;
    for (const rerating of await this.options.reratings.running(RUNNING_MAX)) {
      if (signal.aborted) break;
      advanced = (await this.advance(rerating)) || advanced;
    }
    return advanced;
  }

  /** One that fails must not hold up the others; the next round tries it again. */
  private async advance(rerating: Rerating): Promise<boolean> {
    const { reratings, logger } = this.options;
    try {
      const prices = await this.historyAt(rerating.priceVersion);
      return await reratings.advance(rerating.id, BATCH_CALLS_MAX, (calls) => this.rate(rerating, calls, prices));
    } catch (error) {
      logger.error({ err: error, reratingId: rerating.id }, 'a batch of a re-rating failed and will be tried again');
      return false;
    }
  }

  private async historyAt(version: number): Promise<PriceHistory> {
    if (this.history?.version === version) return this.history.prices;
    const { entries } = await this.options.prices.readAll(version);
    const prices = new PriceHistory(entries);
    this.history = { version, prices };
    return prices;
  }

  private rate(rerating: Rerating, calls: readonly RequestLogRow[], prices: PriceHistory): RatedBatch {
    const adjustedAtMs = this.options.clock.nowMs();
    const progress = { scanned: calls.length, changed: 0, unpriced: 0, difference: nanoUsd(0n) };
    const adjusted: AdjustedCall[] = [];
    for (const before of calls) {
      const outcome = rerate(before, prices);
      if (outcome.kind === 'unpriced') progress.unpriced += 1;
      if (outcome.kind !== 'changed') continue;
      progress.changed += 1;
      progress.difference = nanoUsd(progress.difference + outcome.call.cost - before.cost);
      if (!rerating.dryRun) adjusted.push(this.adjustment(rerating, before, outcome.call, adjustedAtMs));
    }
    return { progress, adjusted, adjustedAtMs };
  }

  private adjustment(
    { id: reratingId, reason }: Rerating,
    before: RequestLogRow,
    after: RequestLogRow,
    adjustedAtMs: number,
  ): AdjustedCall {
    const adjustmentId = this.options.ids.next('adj');
    const { requestId, orgId, charges, provider, startedAtMs } = before;
    const event = toOutboxEvent(costAdjustedV1, {
      id: adjustmentId,
      occurredAt: new Date(adjustedAtMs).toISOString(),
      requestId,
      payload: {
        adjustmentId,
        requestId,
        orgId,
        walletIds: charges.map(({ walletId }) => walletId),
        difference: nanoUsd(after.cost - before.cost),
        provider,
        startedAtMs,
        reratingId,
        reason,
      },
    });
    return { adjustmentId, before, after, event };
  }
}
