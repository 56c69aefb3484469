import type { Logger } from '@ao/kernel';
import pg from 'pg';
import { databaseErrorCode, isUnavailable } from '../database-errors.js';
import { SUPERUSER } from './initialise-cluster.js';

/** Any constant: advisory locks of the `postgres` database are used for nothing else. */
const OWNER_LOCK = 1;
const CONNECT_TIMEOUT_MS = 2_000;

/** `denied`: the password is wrong; `broken`: the server runs and cannot serve; `away`: nothing answers yet. */
export type OwnerAttempt =
  | { kind: 'owner'; session: pg.Client }
  | { kind: 'owned' }
  | { kind: 'denied' }
  | { kind: 'broken'; reason: string }
  | { kind: 'away' };

export function databaseUrl(port: number, password: string, database: string): string {
  return `postgres://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/**
 * Tries to become the owner of a running server: a session that holds one advisory lock for as long as it lives. When our
 * process dies, however it dies, the session ends with it; that is what tells an orphaned server from one in use.
 */
export async function becomeOwner(port: number, password: string, logger: Logger): Promise<OwnerAttempt> {
  const session = new pg.Client({
    connectionString: databaseUrl(port, password, 'postgres'),
    application_name: 'ao-owner',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  session.on('error', (error) =>
    logger.debug({ error: error.message }, 'owner session of the embedded database ended'),
  );
  try {
    await session.connect();
    const { rows } = await session.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [OWNER_LOCK]);
    if (rows[0]?.held) return { kind: 'owner', session };
    await session.end();
    return { kind: 'owned' };
  } catch (error) {
    await session.end().catch(() => undefined);
    return explain(error);
  }
}

function explain(error: unknown): OwnerAttempt {
  if (isUnavailable(error) || databaseErrorCode(error) === undefined) return { kind: 'away' };
  // Class 28: invalid authorisation.
  if (databaseErrorCode(error)?.startsWith('28')) return { kind: 'denied' };
  return { kind: 'broken', reason: (error as Error).message };
}
