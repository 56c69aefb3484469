import type { MemoryTable } from './memory-table.js';
import type { RowLocks } from './row-locks.js';

/**
 * A transaction at READ COMMITTED: a row that it writes is locked until its end, and what it writes is seen by others
 * once it has committed, all at once or never.
 */
export class MemoryTransaction {
  private readonly written: { table: MemoryTable; key: string }[] = [];
  private isOpen = true;

  constructor(
    private readonly locks: RowLocks,
    /** Called before each statement: time passes, a connection breaks, a process dies. */
    readonly statement: (name: string) => Promise<void>,
  ) {}

  /** Waits for the rows one after the other, in the order given. */
  async lock(table: MemoryTable, keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const waiting = this.locks.acquire(nameOf(table, key), this);
      if (waiting) await waiting;
      // Its process has died meanwhile, and the lock is with somebody else by now.
      if (!this.isOpen) await new Promise(() => undefined);
    }
  }

  /** Takes the rows that nobody else has (`SKIP LOCKED`), and gives their keys. */
  async lockFree(table: MemoryTable, keys: readonly string[]): Promise<string[]> {
    const free = keys.filter((key) => this.locks.isFree(nameOf(table, key), this));
    await this.lock(table, free);
    return free;
  }

  /** Writes a row that is there or not. */
  async put<Row extends object>(table: MemoryTable<Row>, key: string, row: Row): Promise<void> {
    await this.lock(table, [key]);
    table.write(key, row, this);
    this.written.push({ table, key });
  }

  /** Adds a row; false when its key is taken, for which a transaction that may yet take it is waited for. */
  async insert<Row extends object>(table: MemoryTable<Row>, key: string, row: Row): Promise<boolean> {
    await this.lock(table, [key]);
    if (table.get(key, this)) return false;
    await this.put(table, key, row);
    return true;
  }

  /** Adds a row. @throws with PostgreSQL's code of a unique violation when its key is taken. */
  async insertNew<Row extends object>(table: MemoryTable<Row>, key: string, row: Row): Promise<void> {
    if (await this.insert(table, key, row)) return;
    throw Object.assign(new Error(`duplicate key ${key} in ${table.name}`), { code: '23505' });
  }

  /** For sessions only. */
  end(commit: boolean): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    for (const { table, key } of this.written) table.settle(key, this, commit);
    this.locks.release(this);
  }
}

const nameOf = (table: MemoryTable, key: string): string => `${table.name}\n${key}`;
