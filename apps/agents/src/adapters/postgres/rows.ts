import type { Task } from '../../domain/task.js';
import type { TaskModel } from './generated/models.js';

const STATUSES: readonly string[] = ['pending', 'running', 'completed', 'failed'] satisfies Task['status'][];

/** @throws when the row holds a status of another version: better no answer than a wrong one. */
export function toTask(row: TaskModel): Task {
  if (!STATUSES.includes(row.status)) throw new Error(`a task has the unknown status ${row.status}`);
  return {
    id: row.id,
    orgId: row.orgId,
    keyId: row.keyId,
    status: row.status as Task['status'],
    query: row.query,
    model: row.model,
    result: row.result,
    error: row.error,
    createdAtMs: row.createdAt.getTime(),
    startedAtMs: row.startedAt?.getTime() ?? null,
    finishedAtMs: row.finishedAt?.getTime() ?? null,
  };
}
