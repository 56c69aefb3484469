import { MemoryBus, type Bus, type EventEnvelope } from '@ao/bus';
import { usageRecordedV1 } from '@ao/contracts';
import { OUTBOX_DDL, appendOutbox, openDatabase, type Database, type OutboxRelay } from '@ao/database';
import { silentLogger, sleep } from '@ao/kernel';
import { createTestDatabase, waitFor, type TestDatabase } from '@ao/testing';
import { createRelay } from './create-relay.js';

const PAYLOAD = JSON.stringify(usageRecordedV1.example);
const batches = { batchSizeMax: 500, batchWaitMs: 5 };

/** What a consumer was given, and how often. */
class Reader {
  readonly seen = new Map<string, number>();
  take(events: EventEnvelope[]): void {
    for (const { id } of events) this.seen.set(id, (this.seen.get(id) ?? 0) + 1);
  }
  get repeated(): string[] {
    return [...this.seen].filter(([, times]) => times > 1).map(([id]) => id);
  }
}

describe('the relay over the bus of one process, with a consumer that is away', () => {
  let server: TestDatabase;
  let database: Database;
  let bus: Bus;
  let relay: OutboxRelay;

  const write = async (from: number, to: number): Promise<void> => {
    for (let first = from; first < to; first += 1_000) {
      const events = Array.from({ length: Math.min(1_000, to - first) }, (_, index) => ({
        id: `e${first + index}`,
        subject: usageRecordedV1.subject,
        payload: PAYLOAD,
        occurredAt: '2026-01-02T03:04:05.678Z',
      }));
      await database.transaction((client) => appendOutbox(client, events));
    }
  };
  const start = async (handlers: Record<string, (events: EventEnvelope[]) => Promise<void> | void>): Promise<void> => {
    bus = new MemoryBus(silentLogger);
    for (const [name, handler] of Object.entries(handlers)) {
      await bus.subscribe(usageRecordedV1, { kind: 'durable', name, ...batches }, handler);
    }
    relay = createRelay(database, { bus, logger: silentLogger });
    relay.start();
  };
  /** As a process that ends: the events in the hands of the consumers are lost. */
  const stop = async (): Promise<void> => {
    await relay.stop();
    await bus.close();
  };

  beforeAll(async () => {
    server = await createTestDatabase();
    database = openDatabase({
      url: server.url,
      schema: 'metering',
      poolSizeMax: 5,
      connectTimeoutMs: 2_000,
      statementTimeoutMs: 5_000,
    });
    await database.pool.query('CREATE SCHEMA metering');
    await database.pool.query(OUTBOX_DDL);
  });

  afterEach(async () => {
    await stop();
    await database.pool.query('TRUNCATE outbox');
  });

  afterAll(async () => {
    await database.close();
    await server.drop();
  });

  it('gives the others everything, marks nothing, and repeats nothing while it lasts', async () => {
    const ledger = new Reader();
    await start({
      ledger: (events) => ledger.take(events),
      away: () => {
        throw new Error('ClickHouse is away');
      },
    });
    await write(0, 10_000);
    await waitFor(() => ledger.seen.size === 10_000, { timeoutMs: 10_000 });
    await sleep(1_500);
    await write(10_000, 10_010);
    await waitFor(() => ledger.seen.size === 10_010);
    expect(ledger.repeated).toEqual([]);
    expect(relay.counters()).toEqual({ publishedCount: 0, failedCount: 0, parkedCount: 0 });
    expect((await relay.lag()).waitingCount).toBe(10_010);
  }, 30_000);

  it('marks all once the consumer is back', async () => {
    const ledger = new Reader();
    const late = new Reader();
    let isAway = true;
    await start({
      ledger: (events) => ledger.take(events),
      late: (events) => {
        if (isAway) throw new Error('ClickHouse is away');
        late.take(events);
      },
    });
    await write(0, 2_000);
    await waitFor(() => ledger.seen.size === 2_000);
    isAway = false;
    await waitFor(async () => (await relay.lag()).waitingCount === 0, { timeoutMs: 10_000 });
    expect([late.seen.size, late.repeated, ledger.repeated]).toEqual([2_000, [], []]);
  }, 20_000);

  it('publishes again after a restart what a consumer had not handled, and only that', async () => {
    let giveUp = (): void => undefined;
    const never = new Promise<void>((resolve) => (giveUp = resolve));
    await start({ stuck: (events) => (events.every(({ id }) => Number(id.slice(1)) < 1_000) ? undefined : never) });
    await write(0, 1_000);
    await waitFor(async () => (await relay.lag()).waitingCount === 0);
    await write(1_000, 3_000);
    await sleep(100);
    await relay.stop();
    expect((await relay.lag()).waitingCount).toBe(2_000);
    giveUp();
    await bus.close();

    const reader = new Reader();
    await start({ reader: (events) => reader.take(events) });
    await waitFor(async () => (await relay.lag()).waitingCount === 0);
    expect([...reader.seen.keys()].sort()).toEqual(Array.from({ length: 2_000 }, (_, index) => `e${1_000 + index}`));
    expect(reader.repeated).toEqual([]);
  }, 20_000);
});
