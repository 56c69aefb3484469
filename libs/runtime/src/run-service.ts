import 'reflect-metadata';
import { BusStrategy, RethrowFilter } from '@ao/bus';
import { checkHealthV1 } from '@ao/contracts';
import { IdempotencyTable, migrate, openDatabase, type Database } from '@ao/database';
import { StartupError, withDeadline } from '@ao/kernel';
import { NestFactory } from '@nestjs/core';
import { createRelay } from './create-relay.js';
import { IdempotentRequests } from './idempotent-requests.js';
import { PeriodicJob } from './periodic-job.js';
import type { RunningService, ServiceContext, ServiceDefinition, ServiceParts } from './service.js';

const HEALTH_DEADLINE_MS = 800;
const POOL_CONNECTIONS_MAX = 10;
const CONNECT_TIMEOUT_MS = 2_000;
const STATEMENT_TIMEOUT_MS = 10_000;
const IDEMPOTENCY_RETENTION_MS = 86_400_000;
/** Far longer than a request takes. A run that outlives it cannot commit once another has its key. */
const IDEMPOTENCY_LEASE_MS = 30_000;
const IDEMPOTENCY_PRUNE_EVERY_MS = 600_000;

/** What the host of a service provides: all of its context but the database, which the definition asks for. */
export interface HostContext extends Omit<ServiceContext, 'database'> {
  databaseUrl: string;
}

/**
 * Migrates, wires and starts one service: its message handlers, its outbox relay, its jobs, its health answer.
 * @throws StartupError when it cannot start; the message says what to do.
 */
export async function runService(definition: ServiceDefinition, host: HostContext): Promise<RunningService> {
  const { name } = definition;
  const database = await prepareDatabase(definition, host);
  const context: ServiceContext = {
    ...host,
    get database() {
      if (!database) throw new StartupError(`${name} names no migrations and so has no database`);
      return database;
    },
  };
  const parts = await definition.build(context);
  const idempotency = database && useIdempotency(database, host);
  const jobs = [...(parts.jobs ?? []), ...(idempotency ? [idempotency.job] : [])];
  const app = await NestFactory.createMicroservice(parts.module, {
    strategy: new BusStrategy(host.bus, idempotency?.requests.intercept),
    logger: ['error'],
  });
  app.useGlobalFilters(new RethrowFilter());
  const relay = database && createRelay(database, host);
  const checkHealth = (): ReturnType<RunningService['checkHealth']> => runChecks(host, database, parts);
  const healthAnswer = await host.bus.respond(checkHealthV1[name], async () => ({ checks: await checkHealth() }));
  await app.listen();
  relay?.start();
  for (const job of jobs) await job.start();

  return {
    name,
    checkHealth,
    async stop() {
      await healthAnswer.stop();
      for (const job of jobs) await job.stop();
      await app.close();
      await relay?.stop();
      await database?.close();
    },
  };
}

async function prepareDatabase(definition: ServiceDefinition, host: HostContext): Promise<Database | undefined> {
  if (!definition.migrationsDirectory) return undefined;
  const target = { url: host.databaseUrl, schema: definition.name };
  const applied = await migrate({ ...target, directory: definition.migrationsDirectory, logger: host.logger });
  if (applied.length > 0) host.logger.info({ service: definition.name, applied }, 'migrations applied');
  return openDatabase({
    ...target,
    poolSizeMax: POOL_CONNECTIONS_MAX,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    logger: host.logger,
  });
}

/** Requests with an idempotency key are carried out once; keys are forgotten after a day. */
function useIdempotency(
  database: Database,
  { ids, clock, logger, secretBox }: HostContext,
): { requests: IdempotentRequests; job: PeriodicJob } {
  const limits = { retentionMs: IDEMPOTENCY_RETENTION_MS, leaseMs: IDEMPOTENCY_LEASE_MS };
  const table = new IdempotencyTable(database.pool, limits);
  const job = new PeriodicJob({
    name: 'retention of idempotency keys',
    everyMs: IDEMPOTENCY_PRUNE_EVERY_MS,
    run: async (signal) => {
      while (!signal.aborted && (await table.prune()) > 0);
    },
    logger,
  });
  return { requests: new IdempotentRequests({ table, seal: secretBox, ids, clock, logger }), job };
}

async function runChecks(
  host: HostContext,
  database: Database | undefined,
  parts: ServiceParts,
): ReturnType<RunningService['checkHealth']> {
  const checks: Record<string, () => Promise<void>> = { bus: () => host.bus.checkHealth(), ...parts.healthChecks };
  if (database) {
    checks['postgres'] = async () => {
      const health = await database.health(HEALTH_DEADLINE_MS);
      if (!health.ok) throw new Error(health.reason);
    };
  }
  const results = await Promise.all(
    Object.entries(checks).map(async ([check, run]) => {
      const late = (): Error => new Error(`no answer within ${HEALTH_DEADLINE_MS} ms`);
      try {
        await withDeadline(run(), HEALTH_DEADLINE_MS, late);
        return [check, { ok: true, detail: null }] as const;
      } catch (error) {
        return [check, { ok: false, detail: error instanceof Error ? error.message : String(error) }] as const;
      }
    }),
  );
  return Object.fromEntries(results);
}
