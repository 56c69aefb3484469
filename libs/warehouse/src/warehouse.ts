/** What may stand for `{name:Type}` in a statement. Times are strings: the embedded engine loses the milliseconds of a Date. */
export type WarehouseParameter = string | number | bigint | boolean | null | readonly (string | number)[];
export type WarehouseParameters = Readonly<Record<string, WarehouseParameter>>;

export interface InsertOptions {
  /**
   * A batch with a token that the table has seen lately is dropped, so a retry counts once. The table must have
   * `SETTINGS non_replicated_deduplication_window = <batches>` (or be replicated). Without a token nothing is dropped.
   */
  dedupeToken?: string;
  deadlineMs?: number;
}

export interface CallOptions {
  deadlineMs?: number;
}

export type WarehouseHealth = { ok: true } | { ok: false; reason: string };

/**
 * ClickHouse, embedded or a server. 64-bit integers and decimals come back as strings, times as `YYYY-MM-DD hh:mm:ss.SSS` in
 * UTC; both are accepted as such, and ISO 8601 times too.
 *
 * Every call ends within its deadline. Errors: `AppError timeout`, `AppError backend_unavailable` when ClickHouse is away,
 * `AppError capacity_exceeded` when too many calls wait; a refused statement throws ClickHouse's own error with `code` and
 * `type`.
 */
export interface Warehouse {
  readonly kind: 'embedded' | 'server';
  /** At most 100,000 rows; `bigint` and `Date` values are allowed. An empty batch does nothing. */
  insert(table: string, rows: readonly object[], options?: InsertOptions): Promise<void>;
  /** All rows at once: give the statement a LIMIT. */
  query<Row>(sql: string, parameters?: WarehouseParameters, options?: CallOptions): Promise<Row[]>;
  /** Rows in batches, for results that do not fit in memory; the deadline is for the whole of it. */
  stream<Row>(sql: string, parameters?: WarehouseParameters, options?: CallOptions): AsyncIterable<Row[]>;
  /** A statement without a result. */
  command(sql: string, parameters?: WarehouseParameters, options?: CallOptions): Promise<void>;
  /** Makes the database of the URL if it does not exist. */
  ensureDatabase(): Promise<void>;
  /** Never rejects. */
  health(deadlineMs?: number): Promise<WarehouseHealth>;
  close(): Promise<void>;
}
