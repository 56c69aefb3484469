import { sleep, type Logger } from '@ao/kernel';
import type pg from 'pg';
import { databaseErrorCode, isRetryableConflict, isUnavailable, translateDatabaseError } from './database-errors.js';
import { takeOutboxMark } from './outbox/outbox-mark.js';

export type TransactionFunction<T> = (client: pg.PoolClient) => Promise<T>;

/** Enough for a burst of writers on one row to pass; more would only hide a design that always collides. */
const ATTEMPTS_MAX = 5;
const BACKOFF_FIRST_MS = 5;

interface TransactionRun<T> {
  pool: pg.Pool;
  logger: Logger;
  random: () => number;
  work: TransactionFunction<T>;
  onOutboxAppended: () => void;
}

/** See `Database.transaction`. */
export async function runTransaction<T>(run: TransactionRun<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptOnce(run);
    } catch (error) {
      if (attempt === ATTEMPTS_MAX || !isRetryableConflict(error)) throw translateDatabaseError(error);
      run.logger.debug({ attempt, code: databaseErrorCode(error) }, 'transaction lost a race, running it again');
      await sleep(BACKOFF_FIRST_MS * 2 ** attempt * (0.5 + run.random()));
    }
  }
}

async function attemptOnce<T>(run: TransactionRun<T>): Promise<T> {
  const client = await run.pool.connect();
  let broken: Error | undefined;
  // A connection that breaks between two statements reports it here only; unheard it would end the process.
  const onError = (error: Error): void => void (broken = error);
  client.on('error', onError);
  try {
    await client.query('BEGIN');
    const result = await run.work(client);
    await commit(client);
    if (takeOutboxMark(client)) run.onOutboxAppended();
    return result;
  } catch (error) {
    takeOutboxMark(client);
    // Asking a dead connection to roll back would only add its timeout to the wait.
    if (isUnavailable(error)) broken ??= error as Error;
    else await client.query('ROLLBACK').catch((rollbackError: Error) => void (broken ??= rollbackError));
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** PostgreSQL answers COMMIT with "ROLLBACK" when a statement failed and the failure was swallowed by the caller. */
async function commit(client: pg.PoolClient): Promise<void> {
  const { command } = await client.query('COMMIT');
  if (command !== 'COMMIT') throw new Error('the transaction was rolled back: one of its statements had failed');
}
