import { silentLogger, withDeadline, type Logger } from '@ao/kernel';
import pg from 'pg';
import { connectionConfig, type ConnectionOptions } from './connection.js';
import { runTransaction, type TransactionFunction } from './transaction.js';

export interface DatabaseOptions extends ConnectionOptions {
  /** Connections this process may hold at once; a caller that finds none waits `connectTimeoutMs` at most. */
  poolSizeMax: number;
  logger?: Logger;
  /** For the jitter between two attempts of a transaction: [0, 1). */
  random?: () => number;
}

export type DatabaseHealth = { ok: true; latencyMs: number } | { ok: false; reason: string };

/** One service's view of PostgreSQL: unqualified names are those of its own schema. */
export interface Database {
  readonly pool: pg.Pool;
  readonly schema: string;
  /**
   * Runs `work` between BEGIN and COMMIT on one connection, and again (five attempts in all) when it lost a race with
   * another transaction. `work` must therefore have no effect outside the transaction.
   *
   * @throws AppError backend_unavailable when the server is away; anything else as `work` threw it
   */
  transaction<T>(work: TransactionFunction<T>): Promise<T>;
  /** One round trip with a deadline (1 s unless told); never throws. */
  health(deadlineMs?: number): Promise<DatabaseHealth>;
  /** Says that events were appended by other means than `transaction`, such as a Prisma client on this pool. */
  notifyOutboxAppended(): void;
  /** Calls `listener` after each commit of a transaction that appended to the outbox; gives back the unsubscription. */
  onOutboxAppended(listener: () => void): () => void;
  /** Waits for the connections in use, five seconds at most. Calling it again does nothing. */
  close(): Promise<void>;
}

const CLOSE_DEADLINE_MS = 5_000;

/**
 * Opens a pool; connects only when first used, so that a service can start before its database.
 *
 * @throws StartupError when the URL or the schema name cannot be used
 */
export function openDatabase(options: DatabaseOptions): Database {
  const logger = options.logger ?? silentLogger;
  const random = options.random ?? Math.random;
  const pool = new pg.Pool({ ...connectionConfig(options), max: options.poolSizeMax, idleTimeoutMillis: 30_000 });
  // Without a listener a connection that breaks while idle would end the process.
  pool.on('error', (error) =>
    logger.warn({ schema: options.schema, error: error.message }, 'idle database connection lost'),
  );
  const outboxListeners = new Set<() => void>();
  let closing: Promise<void> | undefined;

  return {
    pool,
    schema: options.schema,
    transaction: (work) =>
      runTransaction({
        pool,
        logger,
        random,
        work,
        onOutboxAppended: () => outboxListeners.forEach((listener) => listener()),
      }),
    health: (deadlineMs = 1_000) => checkHealth(pool, deadlineMs),
    notifyOutboxAppended: () => outboxListeners.forEach((listener) => listener()),
    onOutboxAppended(listener) {
      outboxListeners.add(listener);
      return () => void outboxListeners.delete(listener);
    },
    close() {
      closing ??= withDeadline(pool.end(), CLOSE_DEADLINE_MS, () => new Error('connections still in use')).catch(
        (error: Error) => logger.warn({ schema: options.schema, error: error.message }, 'database pool closed late'),
      );
      return closing;
    },
  };
}

async function checkHealth(pool: pg.Pool, deadlineMs: number): Promise<DatabaseHealth> {
  const startedMs = performance.now();
  try {
    await withDeadline(pool.query('SELECT 1'), deadlineMs, () => new Error(`no answer within ${deadlineMs} ms`));
    return { ok: true, latencyMs: performance.now() - startedMs };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
