import type { RunEnd, Task, TaskRun } from '../domain/task.js';

export interface NewTask extends Task {
  sealedKey: string | null;
  idempotencyKey: string | null;
  requestHash: string;
}

/** Who used which idempotency key, and since when it counts. */
export interface IdempotencyScope {
  orgId: string;
  keyId: string;
  idempotencyKey: string;
  /** What is older has expired. */
  sinceMs: number;
}

export interface TaskRepository {
  /** False when another request took the idempotency key; an expired use of it is forgotten. */
  insert(task: NewTask, idempotency: IdempotencyScope | null): Promise<boolean>;
  findReplay(scope: IdempotencyScope): Promise<{ task: Task; requestHash: string } | null>;
  find(orgId: string, taskId: string): Promise<Task | null>;
  /** Pending and running tasks of an organisation. */
  countOpen(orgId: string): Promise<number>;
}

/**
 * Tasks to be run, shared by all replicas. A run holds its task by a lease; what is written for a lease that was lost
 * changes nothing.
 */
export interface TaskQueue {
  /** Takes up to `limit` tasks: those that wait, and those whose runner let its lease end. */
  claim(options: { limit: number; leaseMs: number; nowMs: number }): Promise<TaskRun[]>;
  /** Prolongs leases. @returns those of `runs` that still hold theirs. */
  renew(runs: TaskRun[], leaseMs: number): Promise<TaskRun[]>;
  /** Writes down how a run ended. @returns false when its lease was lost. */
  end(run: TaskRun, end: RunEnd, nowMs: number): Promise<boolean>;
}

/** `away`: nobody was there to answer; asking again later can succeed. */
export type ModelAnswer =
  { kind: 'answered'; text: string } | { kind: 'refused'; error: string } | { kind: 'away'; error: string };

export interface ModelQuestion {
  taskId: string;
  model: string;
  query: string;
  /** Null: send none. */
  apiKey: string | null;
}

/** The gateway's public API, called as the task's owner: wallets, limits and metering hold. */
export interface Models {
  /** Answers within its deadline. @throws the signal's reason once it aborts. */
  ask(question: ModelQuestion, signal: AbortSignal): Promise<ModelAnswer>;
}

/** Opens what the gateway sealed. */
export interface Seal {
  /** @throws AppError when it was sealed under another master key. */
  open(sealed: string): string;
}
