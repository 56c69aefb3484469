import type { Database } from '@ao/database';
import type { TaskQueue } from '../../application/ports.js';
import type { RunEnd, TaskRun } from '../../domain/task.js';

/*
 * Leases run by the clock of the database, which all replicas share: a replica whose own clock is ahead would take
 * tasks from runners that are alive, and pay for them twice. No transaction is open while a task runs.
 */

const LATER = (parameter: string): string => `now() + ${parameter}::double precision * interval '1 millisecond'`;

/** A task that was running when it was claimed was cut off: its runner is gone. */
const CLAIM = `
WITH due AS (
  SELECT id, status FROM task WHERE status IN ('pending', 'running') AND due_at <= now()
  ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE task SET status = 'running', due_at = ${LATER('$2')}, started_at = $3, run_number = run_number + 1,
  interruptions = interruptions + CASE due.status WHEN 'running' THEN 1 ELSE 0 END
FROM due WHERE task.id = due.id
RETURNING task.id, task.org_id, task.run_number, task.query, task.model, task.sealed_key, task.interruptions`;

const RENEW = `
UPDATE task SET due_at = ${LATER('$3')}
FROM unnest($1::text[], $2::int[]) AS held (id, run_number)
WHERE task.id = held.id AND task.run_number = held.run_number AND task.status = 'running'
RETURNING task.id, task.run_number`;

const HELD = `WHERE id = $1 AND run_number = $2 AND status = 'running'`;
const FINISH = `
UPDATE task SET status = $3, result = $4, error = $5, finished_at = $6, sealed_key = NULL ${HELD}`;
const RELEASE = `
UPDATE task SET status = 'pending', started_at = NULL, due_at = ${LATER('$3')}, interruptions = $4 ${HELD}`;

interface ClaimedRow {
  id: string;
  org_id: string;
  run_number: number;
  query: string;
  model: string;
  sealed_key: string | null;
  interruptions: number;
}

export class PostgresTaskQueue implements TaskQueue {
  constructor(private readonly database: Database) {}

  async claim({ limit, leaseMs, nowMs }: { limit: number; leaseMs: number; nowMs: number }): Promise<TaskRun[]> {
    const values = [limit, leaseMs, new Date(nowMs)];
    const { rows } = await this.database.transaction((client) => client.query<ClaimedRow>(CLAIM, values));
    return rows.map((row) => ({
      taskId: row.id,
      orgId: row.org_id,
      runNumber: row.run_number,
      query: row.query,
      model: row.model,
      sealedKey: row.sealed_key,
      interruptions: row.interruptions,
    }));
  }

  async renew(runs: TaskRun[], leaseMs: number): Promise<TaskRun[]> {
    const values = [runs.map(({ taskId }) => taskId), runs.map(({ runNumber }) => runNumber), leaseMs];
    const { rows } = await this.database.transaction((client) =>
      client.query<{ id: string; run_number: number }>(RENEW, values),
    );
    return runs.filter((run) => rows.some((row) => row.id === run.taskId && row.run_number === run.runNumber));
  }

  async end({ taskId, runNumber }: TaskRun, end: RunEnd, nowMs: number): Promise<boolean> {
    const { rowCount } = await this.database.transaction((client) => {
      if (end.kind === 'released') return client.query(RELEASE, [taskId, runNumber, end.delayMs, end.interruptions]);
      const result = end.kind === 'completed' ? end.result : null;
      const error = end.kind === 'failed' ? end.error : null;
      return client.query(FINISH, [taskId, runNumber, end.kind, result, error, new Date(nowMs)]);
    });
    return rowCount === 1;
  }
}
