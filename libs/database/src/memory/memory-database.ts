import { isRetryableConflict } from '../database-errors.js';
import type { OutboxEvent } from '../outbox/append-outbox.js';
import { MemoryTable } from './memory-table.js';
import { MemoryTransaction } from './memory-transaction.js';
import { RowLocks } from './row-locks.js';

/** As many as `Database.transaction`. */
const ATTEMPTS_MAX = 5;

export interface MemoryOutboxRow extends OutboxEvent {
  sequence: number;
  published: boolean;
}

interface InboxRow {
  receivedAtMs: number;
}

/**
 * Tables with the transactions of PostgreSQL as far as a service's stores rely on them: row locks, unique keys, READ
 * COMMITTED, all or nothing. For simulations, which need a database that a seed can slow, break and replay. Nothing
 * outlives the process.
 */
export class MemoryDatabase {
  readonly outbox = new MemoryTable<MemoryOutboxRow>('outbox');
  readonly inbox = new MemoryTable<InboxRow>('inbox');
  readonly locks = new RowLocks();
  private sequence = 0;
  private commitListener: () => void = () => undefined;

  constructor(readonly nowMs: () => number) {}

  nextSequence(): number {
    return (this.sequence += 1);
  }

  /** Calls `listener` right after each commit. */
  onCommit(listener: () => void): void {
    this.commitListener = listener;
  }

  /** @param statement Called before each statement of the session, with its name; may wait, throw, or never resolve. */
  openSession(statement: (name: string) => Promise<void> = () => Promise.resolve()): MemorySession {
    return new MemorySession(this, statement, () => this.commitListener());
  }
}

/** The connections of one process. */
export class MemorySession {
  private readonly open = new Set<MemoryTransaction>();

  constructor(
    readonly database: MemoryDatabase,
    readonly statement: (name: string) => Promise<void>,
    private readonly onCommitted: () => void,
  ) {}

  /** All that `work` does, or nothing; again when it lost a race, as `Database.transaction` does. */
  async transaction<T>(work: (transaction: MemoryTransaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attemptOnce(work);
      } catch (error) {
        if (attempt === ATTEMPTS_MAX || !isRetryableConflict(error)) throw error;
        await this.statement('again');
      }
    }
  }

  /** The process is gone: the server rolls back what it had open. */
  abort(): void {
    for (const transaction of this.open) transaction.end(false);
    this.open.clear();
  }

  private async attemptOnce<T>(work: (transaction: MemoryTransaction) => Promise<T>): Promise<T> {
    await this.statement('begin');
    const transaction = new MemoryTransaction(this.database.locks, this.statement);
    this.open.add(transaction);
    try {
      const result = await work(transaction);
      await this.statement('commit');
      transaction.end(true);
      this.onCommitted();
      // Between here and the caller a connection or a process can still be lost: the work is done all the same.
      await this.statement('committed');
      return result;
    } finally {
      transaction.end(false);
      this.open.delete(transaction);
    }
  }
}
