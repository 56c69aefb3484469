import { sleep } from '@ao/kernel';
import type { Database } from '../database.js';
import type { Queryable } from './append-outbox.js';

/** Any number that our other advisory locks do not use as their first key. */
const RELAY_LOCK_CLASS = 7_270_737;
/** Well below the time after which the server ends a silent transaction, and so takes the lock from a frozen process. */
const HEARTBEAT_MS = 10_000;

/**
 * The right to publish one outbox: of several replicas one has it. It lives in a transaction that does nothing else: a
 * session's lock would be lost behind a transaction pooler, and a statement on a table would hold up migrations.
 */
export class RelayLock {
  private tenure: { over: AbortController; ended: Promise<void> } | null = null;

  constructor(private readonly database: Database) {}

  /** False after the connection that held it broke, at the next heartbeat at the latest. */
  get isHeld(): boolean {
    return this.tenure !== null;
  }

  /**
   * Gives false when another replica has it.
   * @throws AppError backend_unavailable when the server is away
   */
  acquire(): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const over = new AbortController();
      const ended = this.database
        .transaction(async (client) => {
          const held = await tryLock(client, this.database.schema);
          if (held) this.tenure = { over, ended };
          resolve(held);
          if (held) await beat(client, over.signal);
        })
        // After `resolve` this says nothing new: a lock that broke is one that is not held.
        .catch(reject)
        .finally(() => {
          if (this.tenure?.over === over) this.tenure = null;
        });
    });
  }

  async release(): Promise<void> {
    const { tenure } = this;
    tenure?.over.abort();
    await tenure?.ended;
  }
}

async function tryLock(client: Queryable, schema: string): Promise<boolean> {
  const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS held', [
    RELAY_LOCK_CLASS,
    schema,
  ]);
  return rows[0]?.held ?? false;
}

async function beat(client: Queryable, over: AbortSignal): Promise<void> {
  for (await sleep(HEARTBEAT_MS, over); !over.aborted; await sleep(HEARTBEAT_MS, over)) {
    await client.query('SELECT 1');
  }
}
