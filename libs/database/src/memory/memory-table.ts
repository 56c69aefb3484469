/** Who changed a row and has not committed: a transaction, known by its identity alone. */
type Writer = object;

interface PendingRow<Row> {
  by: Writer;
  row: Row;
}

/** Rows by their primary key, each as it was committed and, beside it, as the one transaction that locks it left it. */
export class MemoryTable<Row extends object = object> {
  private readonly committed = new Map<string, Row>();
  private readonly pending = new Map<string, PendingRow<Row>>();

  constructor(readonly name: string) {}

  /** As a statement of `by` sees it: its own changes, and what others have committed by now. */
  get(key: string, by?: Writer): Readonly<Row> | undefined {
    const pending = this.pending.get(key);
    return pending && pending.by === by ? pending.row : this.committed.get(key);
  }

  /** In the order in which they were committed first; what `by` has added and not committed comes last. */
  all(by?: Writer): Readonly<Row>[] {
    return this.entries(by).map(([, row]) => row);
  }

  /** With their keys. */
  entries(by?: Writer): [string, Readonly<Row>][] {
    const rows = [...this.committed.keys()].map((key): [string, Row] => [key, this.get(key, by)!]);
    if (!by) return rows;
    const added = [...this.pending].filter(([key, pending]) => pending.by === by && !this.committed.has(key));
    return [...rows, ...added.map(([key, { row }]): [string, Row] => [key, row])];
  }

  /** Changes a committed row outside any transaction: for marks that no transaction competes for. */
  amend(key: string, row: Row): void {
    this.committed.set(key, row);
  }

  /** Removes committed rows: for upkeep that no transaction competes with. Gives how many there were. */
  deleteWhere(isPast: (row: Row) => boolean): number {
    const past = [...this.committed].filter(([key, row]) => !this.pending.has(key) && isPast(row));
    for (const [key] of past) this.committed.delete(key);
    return past.length;
  }

  /** For transactions only, which hold the lock of the row. */
  write(key: string, row: Row, by: Writer): void {
    this.pending.set(key, { by, row });
  }

  /** For transactions only. */
  settle(key: string, by: Writer, commit: boolean): void {
    const pending = this.pending.get(key);
    if (pending?.by !== by) return;
    this.pending.delete(key);
    if (commit) this.committed.set(key, pending.row);
  }
}
