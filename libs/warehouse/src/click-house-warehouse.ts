import { randomUUID } from 'node:crypto';
import { AppError } from '@ao/kernel';
import type { Lane } from './lane.js';
import type { CallOptions, InsertOptions, Warehouse, WarehouseHealth, WarehouseParameters } from './warehouse.js';

const DEADLINE_MS = 30_000;
const HEALTH_DEADLINE_MS = 2_000;
const ROWS_PER_INSERT_MAX = 100_000;
const ROWS_PER_BATCH_MAX = 5_000;
const TABLE_NAME = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)?$/;
/** What needs no escaping anywhere. */
const DEDUPE_TOKEN = /^[\w.:-]{1,200}$/;

export interface Engine {
  kind: Warehouse['kind'];
  /** The same lane twice for a server. */
  reads: Lane;
  writes: Lane;
  ensureDatabase(): Promise<void>;
  close(): Promise<void>;
}

/** Settings of every call, so that both engines answer alike. */
export const COMMON_SETTINGS = {
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
  date_time_input_format: 'best_effort',
  session_timezone: 'UTC',
  /** Seconds; for calls whose caller has gone. */
  max_execution_time: 60,
} as const;

/** `bigint` as a string, which ClickHouse reads into any number. */
export const JSON_CODEC = {
  parse: <T>(text: string): T => JSON.parse(text) as T,
  stringify: (value: unknown): string =>
    JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item)),
};

/** The port over the official client, whatever the client is connected to. */
export class ClickHouseWarehouse implements Warehouse {
  readonly kind: Warehouse['kind'];

  constructor(private readonly engine: Engine) {
    this.kind = engine.kind;
  }

  async insert(table: string, rows: readonly object[], options: InsertOptions = {}): Promise<void> {
    const { dedupeToken, deadlineMs = DEADLINE_MS } = options;
    if (!TABLE_NAME.test(table)) throw new RangeError('a table name has letters, digits and underscores');
    if (rows.length > ROWS_PER_INSERT_MAX) throw new RangeError(`at most ${ROWS_PER_INSERT_MAX} rows per insert`);
    if (dedupeToken !== undefined && !DEDUPE_TOKEN.test(dedupeToken))
      throw new RangeError(`a token must match ${DEDUPE_TOKEN.source}`);
    if (rows.length === 0) return;
    await this.engine.writes.run(deadlineMs, (signal) =>
      this.engine.writes.client.insert({
        table,
        values: rows,
        format: 'JSONEachRow',
        // Each time: in the embedded engine a setting stays until it is set again. Without a token ClickHouse would know
        // equal batches by their content, so one that is never seen again stands for none.
        clickhouse_settings: { insert_deduplication_token: dedupeToken ?? randomUUID() },
        ...(signal && { abort_signal: signal }),
      }),
    );
  }

  query<Row>(sql: string, parameters: WarehouseParameters = {}, options: CallOptions = {}): Promise<Row[]> {
    const { reads } = this.engine;
    return reads.run(options.deadlineMs ?? DEADLINE_MS, async (signal) => {
      const result = await reads.client.query({
        query: sql,
        query_params: { ...parameters },
        format: 'JSONEachRow',
        ...(signal && { abort_signal: signal }),
      });
      return result.json<Row>();
    });
  }

  async *stream<Row>(
    sql: string,
    parameters: WarehouseParameters = {},
    options: CallOptions = {},
  ): AsyncIterable<Row[]> {
    const { reads } = this.engine;
    const deadlineMs = options.deadlineMs ?? DEADLINE_MS;
    const endsMs = performance.now() + deadlineMs;
    const rows = await reads.run(deadlineMs, async () => {
      const result = await reads.client.query({ query: sql, query_params: { ...parameters }, format: 'JSONEachRow' });
      return result.stream<Row>();
    });
    const timer = setTimeout(
      () => rows.destroy(new AppError('timeout', `The result did not end within ${deadlineMs} ms.`)),
      endsMs - performance.now(),
    );
    try {
      for await (const batch of rows) yield* parseInParts<Row>(batch);
    } finally {
      clearTimeout(timer);
      rows.destroy();
    }
  }

  async command(sql: string, parameters: WarehouseParameters = {}, options: CallOptions = {}): Promise<void> {
    const { writes } = this.engine;
    await writes.run(options.deadlineMs ?? DEADLINE_MS, (signal) =>
      writes.client.command({ query: sql, query_params: { ...parameters }, ...(signal && { abort_signal: signal }) }),
    );
  }

  ensureDatabase(): Promise<void> {
    return this.engine.ensureDatabase();
  }

  async health(deadlineMs = HEALTH_DEADLINE_MS): Promise<WarehouseHealth> {
    const idle = [this.engine.reads, this.engine.writes].find((lane) => !lane.busy);
    // The embedded engine is in this process: while it works for someone it is well.
    if (idle === undefined) return { ok: true };
    try {
      await idle.run(deadlineMs, async (signal) => {
        const answer = await idle.client.ping({ select: true, ...(signal && { abort_signal: signal }) });
        if (!answer.success) throw answer.error;
      });
      return { ok: true };
    } catch (error) {
      return { ok: false, reason: error instanceof AppError ? (error.internal ?? error.message) : String(error) };
    }
  }

  close(): Promise<void> {
    return this.engine.close();
  }
}

/** The embedded engine gives all rows at once; parsing them in parts keeps the event loop free in between. */
function* parseInParts<Row>(rows: readonly { json(): Row }[]): Iterable<Row[]> {
  for (let start = 0; start < rows.length; start += ROWS_PER_BATCH_MAX) {
    yield rows.slice(start, start + ROWS_PER_BATCH_MAX).map((row) => row.json());
  }
}
