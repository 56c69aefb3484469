import { requestLogRow, type RequestAdjustment, type RequestLogRow } from '@ao/contracts';
import { appendOutbox, databaseErrorCode, type Database, type Queryable } from '@ao/database';
import { AppError, nanoUsd } from '@ao/kernel';
import type { z } from 'zod';
import type { RecordedCall, RecordOutcome, RefusedCall, RequestLog, RequestQuery } from '../../application/ports.js';
import {
  DELETE_OLDEST,
  DELETE_OLDEST_REFUSED,
  INSERT_CALLS,
  KEEP_COLLIDING,
  KEEP_REFUSED,
  toCallsJson,
} from './request-log.sql.js';
import { selectRequests } from './request-query.sql.js';

/** Within the deadline of the question: an answer that nobody waits for any more is not worth searching for. */
const LIST_TIMEOUT_MS = 4_000;
const QUERY_CANCELED = '57014';

interface StoredRecord {
  record: z.input<typeof requestLogRow>;
}

interface StoredAdjustment {
  id: string;
  rerating_id: string;
  from_nano_usd: string;
  to_nano_usd: string;
  to_price_id: string | null;
  reason: string;
  adjusted_at: Date;
}

export class PostgresRequestLog implements RequestLog {
  constructor(private readonly database: Database) {}

  record(calls: readonly RecordedCall[], refused: readonly RefusedCall[]): Promise<RecordOutcome> {
    // One fixed order of rows, or two batches that overlap could deadlock.
    const ordered = calls.toSorted((a, b) => (a.record.requestId < b.record.requestId ? -1 : 1));
    return this.database.transaction(async (client) => {
      const inserted = await insertCalls(client, ordered);
      const recorded = ordered.filter(({ record }) => inserted.delete(record.requestId));
      await appendOutbox(
        client,
        recorded.map(({ event }) => event),
      );
      await keepRefused(client, refused);
      const left = ordered.length === recorded.length ? [] : without(ordered, recorded);
      const collidingRequestIds = await keepColliding(client, left);
      const repeatedCount = left.length - collidingRequestIds.length;
      return { recordedCount: recorded.length, repeatedCount, collidingRequestIds };
    });
  }

  async list(query: RequestQuery): Promise<RequestLogRow[]> {
    const { text, values } = selectRequests(query);
    try {
      return await this.database.transaction(async (client) => {
        await client.query(`SET LOCAL statement_timeout = ${LIST_TIMEOUT_MS}`);
        const { rows } = await client.query<StoredRecord>(text, values);
        return rows.map(toRequestLogRow);
      });
    } catch (cause) {
      if (databaseErrorCode(cause) !== QUERY_CANCELED) throw cause;
      const message = 'These filters leave too many requests to search. Narrow the time with from and to.';
      throw new AppError('timeout', message, { cause });
    }
  }

  async find(orgId: string, requestId: string, keyId: string | undefined): Promise<RequestLogRow | null> {
    const { rows } = await this.database.pool.query<StoredRecord>(
      'SELECT record FROM request_log WHERE request_id = $1 AND org_id = $2 AND key_id = COALESCE($3, key_id)',
      [requestId, orgId, keyId ?? null],
    );
    return rows[0] ? toRequestLogRow(rows[0]) : null;
  }

  async adjustmentsOf(orgId: string, requestId: string, limit: number): Promise<RequestAdjustment[]> {
    const { rows } = await this.database.pool.query<StoredAdjustment>(
      'SELECT * FROM cost_adjustment WHERE request_id = $1 AND org_id = $2 ORDER BY adjusted_at DESC, id DESC LIMIT $3',
      [requestId, orgId, limit],
    );
    return rows.map(toAdjustment);
  }

  async deleteStartedBefore(beforeMs: number, rowsMax: number): Promise<number> {
    const limits = [new Date(beforeMs).toISOString(), rowsMax];
    await this.database.pool.query(DELETE_OLDEST_REFUSED, limits);
    const { rowCount } = await this.database.pool.query(DELETE_OLDEST, limits);
    return rowCount ?? 0;
  }
}

async function insertCalls(client: Queryable, calls: readonly RecordedCall[]): Promise<Set<string>> {
  if (calls.length === 0) return new Set();
  const { rows } = await client.query<{ request_id: string }>(INSERT_CALLS, [toCallsJson(calls)]);
  return new Set(rows.map((row) => row.request_id));
}

async function keepColliding(client: Queryable, calls: readonly RecordedCall[]): Promise<string[]> {
  if (calls.length === 0) return [];
  const { rows } = await client.query<{ request_id: string }>(KEEP_COLLIDING, [toCallsJson(calls)]);
  return rows.map((row) => row.request_id);
}

async function keepRefused(client: Queryable, refused: readonly RefusedCall[]): Promise<void> {
  if (refused.length === 0) return;
  await client.query(KEEP_REFUSED, [
    refused.map(({ call }) => call.record.requestId),
    refused.map(({ reason }) => reason),
    refused.map(({ call }) => call.json),
  ]);
}

function without(all: readonly RecordedCall[], some: readonly RecordedCall[]): RecordedCall[] {
  const taken = new Set(some);
  return all.filter((call) => !taken.has(call));
}

const toRequestLogRow = ({ record }: StoredRecord): RequestLogRow => requestLogRow.decode(record);

const toAdjustment = (row: StoredAdjustment): RequestAdjustment => ({
  id: row.id,
  reratingId: row.rerating_id,
  difference: nanoUsd(BigInt(row.to_nano_usd) - BigInt(row.from_nano_usd)),
  cost: nanoUsd(BigInt(row.to_nano_usd)),
  priceId: row.to_price_id,
  reason: row.reason,
  adjustedAt: row.adjusted_at.toISOString(),
});
