import { translateDatabaseError } from '../database-errors.js';
import type { Queryable } from '../outbox/append-outbox.js';
import type { IdempotencyClaim, IdempotencyScope } from './claim.js';

/** What is known of a key. */
export interface IdempotencyRecord {
  fingerprint: string;
  /** The answer as it was saved; null while there is none. */
  reply: string | null;
  /** The request has been carried out: its change is committed. */
  changed: boolean;
  /** The run that had it ended without an answer, or died. */
  abandoned: boolean;
  /** Older than the retention, or of a run that died before it changed anything: the key may be used as if new. */
  free: boolean;
}

interface Row extends Omit<IdempotencyRecord, 'free'> {
  expired: boolean;
}

const WHERE_SCOPE = 'org_id = $1 AND actor_id = $2 AND key = $3';

const READ = `
SELECT fingerprint, reply, changed, lease_ends_at < now() AS abandoned,
       claimed_at < now() - $4 * interval '1 millisecond' AS expired
FROM idempotency WHERE ${WHERE_SCOPE}`;

const CLAIM = `
INSERT INTO idempotency AS present (org_id, actor_id, key, holder, subject, fingerprint, claimed_at, lease_ends_at)
VALUES ($1, $2, $3, $4, $5, $6, now(), now() + $7 * interval '1 millisecond')
ON CONFLICT (org_id, actor_id, key) DO UPDATE SET
  holder = excluded.holder, subject = excluded.subject, fingerprint = excluded.fingerprint, changed = false,
  reply = NULL, claimed_at = excluded.claimed_at, lease_ends_at = excluded.lease_ends_at
WHERE present.claimed_at < now() - $8 * interval '1 millisecond'
   OR (NOT present.changed AND present.reply IS NULL AND present.lease_ends_at < now())`;

const SAVE = `UPDATE idempotency SET reply = $5 WHERE ${WHERE_SCOPE} AND holder = $4`;
const FORGET = `DELETE FROM idempotency WHERE ${WHERE_SCOPE} AND holder = $4 AND NOT changed`;
const ABANDON = `UPDATE idempotency SET lease_ends_at = now() - interval '1 millisecond' WHERE ${WHERE_SCOPE} AND holder = $4`;

/** Rows removed by one statement, so that its locks are short. */
const PRUNE_ROWS_MAX = 5_000;
const PRUNE = `
DELETE FROM idempotency WHERE ctid = ANY(ARRAY(
  SELECT ctid FROM idempotency WHERE claimed_at < now() - $1 * interval '1 millisecond' LIMIT ${PRUNE_ROWS_MAX}))`;

/**
 * The idempotency keys of a service's requests, in its own schema. Time is the server's, so that replicas need not agree
 * on theirs. Every method rejects with `backend_unavailable` when the server is away.
 */
export class IdempotencyTable {
  constructor(
    private readonly client: Queryable,
    private readonly limits: { retentionMs: number; leaseMs: number },
  ) {}

  async find(scope: IdempotencyScope): Promise<IdempotencyRecord | null> {
    const { rows } = await this.query<Row>(READ, [...valuesOf(scope), this.limits.retentionMs]);
    const row = rows[0];
    if (!row) return null;
    const { expired, ...record } = row;
    const unused = record.abandoned && !record.changed && record.reply === null;
    return { ...record, free: expired || unused };
  }

  /** True when the key is this run's now: it was new, or free. */
  async claim(claim: IdempotencyClaim, request: { subject: string; fingerprint: string }): Promise<boolean> {
    const { retentionMs, leaseMs } = this.limits;
    const values = [...valuesOf(claim), claim.holder, request.subject, request.fingerprint, leaseMs, retentionMs];
    return (await this.query(CLAIM, values)).rowCount === 1;
  }

  /** Keeps the answer, unless another run has taken the key over. */
  async save(claim: IdempotencyClaim, reply: string): Promise<void> {
    await this.query(SAVE, [...valuesOf(claim), claim.holder, reply]);
  }

  /** Ends a run that has no answer: what changed nothing is forgotten, what changed something stays known. */
  async giveUp(claim: IdempotencyClaim): Promise<void> {
    const values = [...valuesOf(claim), claim.holder];
    const { rowCount } = await this.query(FORGET, values);
    if (rowCount === 0) await this.query(ABANDON, values);
  }

  /** Forgets keys older than the retention; gives the number of rows removed, at most 5,000. */
  async prune(): Promise<number> {
    return (await this.query(PRUNE, [this.limits.retentionMs])).rowCount ?? 0;
  }

  private async query<Found extends object>(statement: string, values: unknown[]) {
    try {
      return await this.client.query<Found>(statement, values);
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }
}

const valuesOf = ({ orgId, actorId, key }: IdempotencyScope): [string, string, string] => [orgId, actorId, key];
