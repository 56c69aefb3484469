import type { Bus, Delivery, Subscription } from '@ao/bus';
import { costAdjustedV1, usageRecordedV1, walletEntriesPostedV1 } from '@ao/contracts';
import { AppError, sleep, withDeadline, type Logger } from '@ao/kernel';
import type { BackgroundJob } from '@ao/runtime';
import type { RecordStore, WarehouseAccess } from '../../application/ports.js';

/** ClickHouse wants few and large inserts; a report that is a tenth of a second behind is live. */
const BATCH = { batchSizeMax: 1_000, batchWaitMs: 100 };
/** Each event tells of many entries. */
const POSTINGS = { batchSizeMax: 20 };
/** How long the start of the service waits for a server that does not answer. */
const OPEN_DEADLINE_MS = 10_000;
const OPEN_RETRY_MS = 30_000;

const durable = (name: string): Delivery => ({ kind: 'durable', name, ...BATCH });

export interface IngestionOptions {
  bus: Bus;
  logger: Logger;
  records: RecordStore;
  warehouse: WarehouseAccess;
  openRetryMs?: number;
}

/**
 * Carries events into the warehouse. A batch is acknowledged once it is stored; while ClickHouse is away, storing
 * rejects, and the bus keeps the events and slows down by itself. Where there is no warehouse at all nothing subscribes,
 * so that nothing piles up behind a reader that may never come.
 */
export class Ingestion implements BackgroundJob {
  private readonly subscriptions: Subscription[] = [];
  private readonly stopping = new AbortController();
  private waiting: Promise<void> = Promise.resolve();

  constructor(private readonly options: IngestionOptions) {}

  async start(): Promise<void> {
    if (await this.exists()) await this.subscribe();
    else this.waiting = this.subscribeLater();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.waiting;
    await this.unsubscribe();
  }

  private async subscribe(): Promise<void> {
    const { bus, records } = this.options;
    this.subscriptions.push(
      await bus.subscribe(usageRecordedV1, durable('analytics-requests'), (events) =>
        records.insertRequests(events.map(({ payload }) => payload)),
      ),
      await bus.subscribe(costAdjustedV1, durable('analytics-cost-adjustments'), (events) =>
        records.insertCostAdjustments(events.map(({ payload }) => payload)),
      ),
      await bus.subscribe(walletEntriesPostedV1, { ...durable('analytics-wallet-entries'), ...POSTINGS }, (events) =>
        records.insertWalletEntries(events.flatMap(({ payload }) => payload.entries)),
      ),
    );
  }

  private async unsubscribe(): Promise<void> {
    await Promise.all(this.subscriptions.splice(0).map((subscription) => subscription.stop()));
  }

  private async subscribeLater(): Promise<void> {
    const { openRetryMs = OPEN_RETRY_MS, logger } = this.options;
    const { signal } = this.stopping;
    for (let begun = false; !begun && !signal.aborted;) {
      await sleep(openRetryMs, signal);
      if (signal.aborted || !(await this.exists())) continue;
      begun = await this.subscribe().then(
        () => true,
        async (error: unknown) => {
          logger.warn({ err: error }, 'analytics could not subscribe to its events; trying again');
          await this.unsubscribe();
          return false;
        },
      );
    }
  }

  /** A warehouse that is only down counts: the events of that time must wait for it. */
  private async exists(): Promise<boolean> {
    const { warehouse, logger } = this.options;
    try {
      await withDeadline(warehouse.get(), OPEN_DEADLINE_MS, () => new AppError('timeout', 'The warehouse is silent.'));
      return true;
    } catch (error) {
      const missing = error instanceof AppError && error.code === 'not_configured';
      logger.warn({ err: error }, missing ? 'there is no warehouse; analytics is off' : 'the warehouse is away');
      return !missing;
    }
  }
}
