import { randomUUID } from 'node:crypto';
import { silentLogger, type Logger } from '@ao/kernel';
import pg from 'pg';
import { connectionConfig } from '../connection.js';
import { isUnavailable } from '../database-errors.js';
import { StartupError } from '@ao/kernel';
import { readMigrations, type MigrationFile } from './migration-files.js';
import { createRecords, readRecords } from './migration-records.js';
import { compareMigrations, type MigrationStatus } from './migration-status.js';

export interface MigrateOptions {
  url: string;
  /** Created when it does not exist. */
  schema: string;
  /** Holds `<name>/migration.sql` folders. */
  directory: string;
  /** For one migration, and for waiting until another replica has finished its own. */
  timeoutMs?: number;
  logger?: Logger;
}

/** The key of Prisma's migration engine: its `migrate deploy` and ours exclude each other. */
const MIGRATION_LOCK = 72_707_369;
/** A migration that waits longer for a table blocks everyone queued behind it; better to fail and be run again. */
const TABLE_LOCK_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;
const TIMEOUT_MS = 600_000;

/**
 * Brings a service's schema up to date and gives the names it applied. Replicas that start together take turns, the later
 * ones find nothing to do. Each migration is one transaction with its record in it, so a failed one leaves no trace but
 * a record marked as rolled back, and is simply tried again on the next start.
 *
 * @throws StartupError when a migration fails, was edited after it was applied, or the server is not reachable
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const files = await readMigrations(options.directory);
  const client = new pg.Client(
    connectionConfig({
      ...options,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      statementTimeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    }),
  );
  client.on('error', (error) =>
    (options.logger ?? silentLogger).warn({ error: error.message }, 'migration connection lost'),
  );
  try {
    await client.connect();
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await createRecords(client, options.schema);
    const status = compareMigrations(files, await readRecords(client, options.schema));
    refuseUnsafe(status, options.schema);
    const pending = files.filter((file) => status.pending.includes(file.name));
    for (const file of pending) await applyOne(client, file, options);
    return pending.map((file) => file.name);
  } catch (error) {
    throw isUnavailable(error)
      ? new StartupError(`PostgreSQL is not reachable (check DATABASE_URL): ${text(error)}`, { cause: error })
      : error;
  } finally {
    // Ending the session also releases the lock.
    await client.end().catch(() => undefined);
  }
}

function refuseUnsafe(status: MigrationStatus, schema: string): void {
  if (status.failed.length > 0) {
    throw new StartupError(
      `Migration ${status.failed[0]} of "${schema}" was started by another tool and never finished. Repair the schema by hand, then set ` +
        `finished_at (if its changes are there) or rolled_back_at (if not) in ${schema}._prisma_migrations.`,
    );
  }
  if (status.edited.length > 0) {
    throw new StartupError(
      `Migration ${status.edited[0]} of "${schema}" was edited after it was applied. Restore the file and put the change into a new migration.`,
    );
  }
}

async function applyOne(client: pg.Client, file: MigrationFile, options: MigrateOptions): Promise<void> {
  const logger = options.logger ?? silentLogger;
  const startedMs = performance.now();
  try {
    await client.query('BEGIN');
    await client.query(`SET LOCAL lock_timeout = ${TABLE_LOCK_TIMEOUT_MS}`);
    await client.query(file.sql);
    await client.query(
      `INSERT INTO ${options.schema}._prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), file.checksum, file.name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    await recordFailure(client, file, options.schema, text(error)).catch(() => undefined);
    throw new StartupError(`Migration ${file.name} of "${options.schema}" failed and was rolled back: ${text(error)}`, {
      cause: error,
    });
  }
  logger.info(
    { schema: options.schema, migration: file.name, durationMs: Math.round(performance.now() - startedMs) },
    'migration applied',
  );
}

async function recordFailure(client: pg.Client, file: MigrationFile, schema: string, logs: string): Promise<void> {
  await client.query(
    `INSERT INTO ${schema}._prisma_migrations (id, checksum, migration_name, logs, rolled_back_at) VALUES ($1, $2, $3, $4, now())`,
    [randomUUID(), file.checksum, file.name, logs],
  );
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
