import type { EncodedEvent } from '@ao/bus';
import { appendOutbox, type Database, type Queryable } from '@ao/database';
import type { CheckedLedger, InspectionTimes, LedgerInspector, LedgerViolation } from '../../application/ports.js';
import { EFFECTS, findBroken, readSlowly } from './ledger.laws.js';
import { toTimestamp } from './rows.js';

/** An entry is stored within seconds of the time that it bears. What is older than this is complete, on every replica. */
const SETTLED_AFTER_MS = 3_600_000;
// Whoever has the row checks; the others pass.
const TAKE_TURN = `
SELECT posted_before, checked_at, checked_whole_at FROM ledger_check WHERE id = 1 FOR UPDATE SKIP LOCKED`;

const END_TURN = `
UPDATE ledger_check SET posted_before = $1, checked_at = $2::timestamptz,
  checked_whole_at = CASE WHEN $3::boolean THEN $2::timestamptz ELSE checked_whole_at END
WHERE id = 1`;

const ADVANCE_CHECKPOINTS = `
INSERT INTO ledger_checkpoint AS known (wallet_id, period_key, posted, credited, refunded, covered)
SELECT wallet_id, period_key, ${EFFECTS} FROM entry WHERE posted_at >= coalesce($1::timestamptz, '-infinity') AND posted_at < $2 GROUP BY 1, 2
ON CONFLICT (wallet_id, period_key) DO UPDATE SET posted = known.posted + excluded.posted,
  credited = known.credited + excluded.credited, refunded = known.refunded + excluded.refunded,
  covered = known.covered + excluded.covered`;

interface TurnRow {
  posted_before: Date | null;
  checked_at: Date | null;
  checked_whole_at: Date | null;
}

/** Reads one snapshot and writes nothing but its own two tables, so nobody waits for it. */
export class PostgresLedgerInspector implements LedgerInspector {
  constructor(private readonly database: Database) {}

  inspect(times: InspectionTimes, toEvents: (violations: LedgerViolation[]) => EncodedEvent[]): Promise<CheckedLedger> {
    return this.database.transaction(async (client) => {
      await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
      const turn = (await client.query<TurnRow>(TAKE_TURN)).rows[0];
      if (!turn || isAfter(turn.checked_at, times.recentMs)) return null;
      const whole = turn.posted_before === null || !isAfter(turn.checked_whole_at, times.wholeBeforeMs);
      const since = whole ? null : turn.posted_before;
      const violations = await findBroken(client, { max: times.violationsMax, since: since && since.toISOString() });
      await advance(client, since, times.nowMs, whole);
      await appendOutbox(client, toEvents(violations));
      return { whole, violations };
    });
  }
}

/** Sums up what is complete by now; anew after a check of everything, so that a mistake in the sums ends with it. */
async function advance(client: Queryable, since: Date | null, nowMs: number, whole: boolean): Promise<void> {
  const beforeMs = Math.max(nowMs - SETTLED_AFTER_MS, since?.getTime() ?? 0);
  if (whole) await client.query('DELETE FROM ledger_checkpoint');
  await readSlowly(client, ADVANCE_CHECKPOINTS, [since, toTimestamp(beforeMs)]);
  await client.query(END_TURN, [toTimestamp(beforeMs), toTimestamp(nowMs), whole]);
}

const isAfter = (time: Date | null, atMs: number): boolean => time !== null && time.getTime() > atMs;
