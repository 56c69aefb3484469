import type { EncodedEvent } from '@ao/bus';
import { requestLogRow } from '@ao/contracts';
import { appendOutbox, type Database, type Queryable } from '@ao/database';
import { AppError, nanoUsd } from '@ao/kernel';
import type { z } from 'zod';
import type { RatedBatch, ReratingRepository } from '../../application/ports.js';
import type { RequestLogRow } from '@ao/contracts';
import type { Rerating } from '../../domain/rerating.js';
import {
  ADVANCE_RERATING,
  INSERT_ADJUSTMENTS,
  INSERT_RERATING,
  LOCK_RERATING,
  NEXT_CALLS,
  SELECT_CALLS,
  toAdjustmentsJson,
  UPDATE_CALLS,
} from './rerating.sql.js';
import type { MeteringStore } from './store.js';

interface ReratingRow {
  id: string;
  org_id: string;
  started_from: Date;
  started_before: Date;
  model: string | null;
  provider: string | null;
  reason: string;
  dry_run: boolean;
  price_version: string;
  cursor_started_at: Date;
  cursor_request_id: string;
  scanned: string;
  changed: string;
  unpriced: string;
  difference_nano_usd: string;
  created_at: Date;
  finished_at: Date | null;
}

interface Position {
  count: string;
  started_at: Date;
  request_id: string;
}

export class PostgresReratingRepository implements ReratingRepository {
  constructor(
    private readonly database: Database,
    private readonly store: MeteringStore,
  ) {}

  create(rerating: Rerating, runningMax: number, events: EncodedEvent[]): Promise<void> {
    return this.store.write(async (prisma) => {
      const { id, orgId, fromMs, toMs, model, provider, reason, dryRun, priceVersion, createdAtMs } = rerating;
      const period = [new Date(fromMs), new Date(toMs)];
      const what = [model, provider, reason, dryRun, priceVersion];
      const given = [id, orgId, ...period, ...what, new Date(createdAtMs), runningMax];
      if ((await prisma.$executeRawUnsafe(INSERT_RERATING, ...given)) === 0) {
        throw new AppError(
          'conflict',
          `${runningMax} re-ratings are running, which is the limit. Wait for one to end.`,
        );
      }
      return events;
    });
  }

  async find(orgId: string, id: string): Promise<Rerating | null> {
    const text = 'SELECT * FROM rerating WHERE org_id = $1 AND id = $2';
    const { rows } = await this.database.pool.query<ReratingRow>(text, [orgId, id]);
    return rows[0] ? toRerating(rows[0]) : null;
  }

  async running(limit: number): Promise<Rerating[]> {
    const text = 'SELECT * FROM rerating WHERE finished_at IS NULL ORDER BY created_at LIMIT $1';
    const { rows } = await this.database.pool.query<ReratingRow>(text, [limit]);
    return rows.map(toRerating);
  }

  advance(id: string, callsMax: number, rate: (calls: RequestLogRow[]) => RatedBatch): Promise<boolean> {
    return this.database.transaction(async (client) => {
      const row = (await client.query<ReratingRow>(LOCK_RERATING, [id])).rows[0];
      if (!row) return false;
      const end = await nextPosition(client, row, callsMax);
      const batch = rate(end ? await selectCalls(client, row, end) : []);
      await storeAdjustments(client, row, batch);
      await storeProgress(client, row, batch, end, Number(end?.count ?? 0) < callsMax);
      return true;
    });
  }
}

async function nextPosition(client: Queryable, row: ReratingRow, callsMax: number): Promise<Position | undefined> {
  const after = [row.org_id, row.cursor_started_at, row.cursor_request_id];
  const { rows } = await client.query<Position>(NEXT_CALLS, [...after, row.started_before, callsMax]);
  return rows[0];
}

async function selectCalls(client: Queryable, row: ReratingRow, end: Position): Promise<RequestLogRow[]> {
  const after = [row.org_id, row.cursor_started_at, row.cursor_request_id];
  const { rows } = await client.query<{ record: z.input<typeof requestLogRow> }>(SELECT_CALLS, [
    ...after,
    end.started_at,
    end.request_id,
    row.model,
    row.provider,
  ]);
  return rows.map(({ record }) => requestLogRow.decode(record));
}

async function storeAdjustments(
  client: Queryable,
  row: ReratingRow,
  { adjusted, adjustedAtMs }: RatedBatch,
): Promise<void> {
  if (adjusted.length === 0) return;
  const json = toAdjustmentsJson(adjusted);
  await client.query(INSERT_ADJUSTMENTS, [json, row.id, row.org_id, row.reason, new Date(adjustedAtMs)]);
  await client.query(UPDATE_CALLS, [json]);
  await appendOutbox(
    client,
    adjusted.map(({ event }) => event),
  );
}

async function storeProgress(
  client: Queryable,
  row: ReratingRow,
  { progress, adjustedAtMs }: RatedBatch,
  end: Position | undefined,
  finished: boolean,
): Promise<void> {
  const cursor = finished
    ? [row.started_before, '']
    : [end?.started_at ?? row.cursor_started_at, end?.request_id ?? row.cursor_request_id];
  const { scanned, changed, unpriced, difference } = progress;
  const figures = [scanned, changed, unpriced, String(difference)];
  await client.query(ADVANCE_RERATING, [row.id, ...cursor, ...figures, finished ? new Date(adjustedAtMs) : null]);
}

const toRerating = (row: ReratingRow): Rerating => ({
  id: row.id,
  orgId: row.org_id,
  fromMs: row.started_from.getTime(),
  toMs: row.started_before.getTime(),
  model: row.model,
  provider: row.provider,
  reason: row.reason,
  dryRun: row.dry_run,
  priceVersion: Number(row.price_version),
  ratedUntilMs: row.cursor_started_at.getTime(),
  scanned: Number(row.scanned),
  changed: Number(row.changed),
  unpriced: Number(row.unpriced),
  difference: nanoUsd(BigInt(row.difference_nano_usd)),
  createdAtMs: row.created_at.getTime(),
  finishedAtMs: row.finished_at?.getTime() ?? null,
});
