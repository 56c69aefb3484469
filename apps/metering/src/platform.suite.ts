import { MemoryBus } from '@ao/bus';
import { SecretBox } from '@ao/config';
import {
  costAdjustedV1,
  pricesSnapshot,
  usageRecordedV1,
  usageReport,
  usageReportedV1,
  usageReportExample,
  type CostAdjustment,
  type UsageRecord,
  type UsageReport,
  type ValueOf,
} from '@ao/contracts';
import { openDatabase, type Database } from '@ao/database';
import { UuidV7Generator, silentLogger, systemClock } from '@ao/kernel';
import { PriceBook } from '@ao/pricing';
import { runService, type HostContext, type RunningService } from '@ao/runtime';
import { createTestDatabase } from '@ao/testing';
import { meteringService } from './index.js';

/** The service on a bus of its own over a database of its own, and what it tells the rest of the platform. */
export interface Platform {
  bus: MemoryBus;
  host: HostContext;
  database: Database;
  /** Every record that was announced. */
  recorded: UsageRecord[];
  /** Every correction that was announced. */
  adjusted: CostAdjustment[];
  prices(): PriceBook;
  snapshot(): ValueOf<typeof pricesSnapshot>;
  report(reports: UsageReport[]): Promise<void>;
  restart(environment: NodeJS.ProcessEnv): Promise<void>;
  /** A second replica with a bus that does not hear the first one. */
  replica(): Promise<Platform>;
  stop(): Promise<void>;
}

export const report = (changes: Partial<UsageReport>): UsageReport => ({
  ...usageReport.decode(usageReportExample),
  ...changes,
});

export async function startPlatform(environment: NodeJS.ProcessEnv = {}): Promise<Platform> {
  const { url, drop } = await createTestDatabase();
  // The calls of the examples are long past: the sweeper of a replica that starts must leave them alone.
  const settings = { PRICE_POLL_MS: '50', REQUEST_LOG_RETENTION_DAYS: '36500', ...environment };
  const platform = await startReplica(url, settings);
  const stop = (): Promise<void> => platform.stop();
  return {
    ...platform,
    async stop() {
      await stop();
      await drop();
    },
  };
}

async function startReplica(databaseUrl: string, environment: NodeJS.ProcessEnv): Promise<Platform> {
  const bus = new MemoryBus(silentLogger);
  const recorded: UsageRecord[] = [];
  let snapshot: ValueOf<typeof pricesSnapshot> | undefined;
  await bus.subscribe(
    usageRecordedV1,
    { kind: 'durable', name: 'test', batchSizeMax: 500 },
    (events) => void recorded.push(...events.map(({ payload }) => payload)),
  );
  const adjusted: CostAdjustment[] = [];
  await bus.subscribe(
    costAdjustedV1,
    { kind: 'durable', name: 'test', batchSizeMax: 500 },
    (events) => void adjusted.push(...events.map(({ payload }) => payload)),
  );
  await bus.watchSnapshot(pricesSnapshot, (value) => void (snapshot = value));
  const host: HostContext = {
    bus,
    logger: silentLogger,
    clock: systemClock,
    ids: new UuidV7Generator(),
    secretBox: new SecretBox(Buffer.alloc(32, 1)),
    keyPepper: Buffer.alloc(32, 7),
    dataDirectory: '.',
    environment,
    databaseUrl,
    openWarehouse: () => Promise.reject(new Error('metering needs no warehouse')),
  };
  let service: RunningService = await runService(meteringService, host);
  const database = openDatabase({
    url: databaseUrl,
    schema: 'metering',
    poolSizeMax: 2,
    connectTimeoutMs: 2_000,
    statementTimeoutMs: 30_000,
  });
  return {
    bus,
    host,
    database,
    recorded,
    adjusted,
    snapshot: () => snapshot!,
    prices: () => new PriceBook(snapshot!.prices),
    report: async (reports) => void (await Promise.all(reports.map((payload) => publish(bus, payload)))),
    async restart(changed) {
      await service.stop();
      service = await runService(meteringService, { ...host, environment: { ...environment, ...changed } });
    },
    replica: () => startReplica(databaseUrl, environment),
    async stop() {
      await service.stop();
      await bus.close();
      await database.close();
    },
  };
}

/** As a gateway does: the event bears the id of the request. */
function publish(bus: MemoryBus, payload: UsageReport): Promise<void> {
  const occurredAt = new Date().toISOString();
  return bus.publish(usageReportedV1, { id: payload.requestId, occurredAt, requestId: payload.requestId, payload });
}
