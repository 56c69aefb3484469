import { confirmClaim, type Database } from '@ao/database';
import type { BatchStore, NewBatch } from '../../application/batches/ports.js';
import type { Batch } from '../../domain/batch.js';
import type { Scope } from '../../domain/scope.js';
import { BATCH_COLUMNS, toBatch, type BatchRow } from './batch.rows.js';

const VISIBLE = 'org_id = $1 AND ($2::text IS NULL OR key_id = $2)';
const INSERT = `
INSERT INTO batch (id, org_id, key_id, status, endpoint, input_file_id, metadata, sealed_key, output_expires_after_seconds,
  created_at, expires_at)
VALUES ($1, $2, $3, 'validating', $4, $5, $6, $7, $8, $9, $10) RETURNING ${BATCH_COLUMNS}`;
const CANCEL = `
UPDATE batch SET status = 'cancelling', cancelling_at = $3
WHERE ${VISIBLE} AND id = $4 AND status IN ('validating', 'in_progress')`;
const SWEEP = `
DELETE FROM batch WHERE id IN (
  SELECT id FROM batch WHERE status IN ('failed', 'completed', 'expired', 'cancelled') AND expires_at <= $1
  LIMIT $2 FOR UPDATE SKIP LOCKED
)`;

export class PostgresBatchStore implements BatchStore {
  constructor(private readonly database: Database) {}

  insert(batch: NewBatch): Promise<Batch> {
    const values = [
      batch.id,
      batch.orgId,
      batch.keyId,
      batch.endpoint,
      batch.inputFileId,
      batch.metadata && JSON.stringify(batch.metadata),
      batch.sealedKey,
      batch.outputExpiresAfterSeconds,
      new Date(batch.createdAtMs),
      new Date(batch.expiresAtMs),
    ];
    return this.database.transaction(async (client) => {
      const { rows } = await client.query<BatchRow>(INSERT, values);
      await confirmClaim(client);
      return toBatch(rows[0]!);
    });
  }

  async find({ orgId, keyId }: Scope, batchId: string): Promise<Batch | null> {
    const { rows } = await this.database.pool.query<BatchRow>(
      `SELECT ${BATCH_COLUMNS} FROM batch WHERE ${VISIBLE} AND id = $3`,
      [orgId, keyId, batchId],
    );
    return rows[0] ? toBatch(rows[0]) : null;
  }

  async list(
    { orgId, keyId }: Scope,
    { limit, after }: { limit: number; after: string | undefined },
  ): Promise<Batch[]> {
    const { rows } = await this.database.pool.query<BatchRow>(
      `SELECT ${BATCH_COLUMNS} FROM batch WHERE ${VISIBLE} AND ($3::text IS NULL OR id < $3) ORDER BY id DESC LIMIT $4`,
      [orgId, keyId, after ?? null, limit],
    );
    return rows.map(toBatch);
  }

  async countOpen(orgId: string): Promise<number> {
    const { rows } = await this.database.pool.query<{ open: string }>(
      `SELECT count(*) AS open FROM batch
       WHERE org_id = $1 AND status IN ('validating', 'in_progress', 'finalizing', 'cancelling')`,
      [orgId],
    );
    return Number(rows[0]!.open);
  }

  cancel({ orgId, keyId }: Scope, batchId: string, nowMs: number): Promise<boolean> {
    return this.database.transaction(async (client) => {
      const { rowCount } = await client.query(CANCEL, [orgId, keyId, new Date(nowMs), batchId]);
      if (rowCount === 1) await confirmClaim(client);
      return rowCount === 1;
    });
  }

  async sweep(beforeMs: number, limit: number): Promise<number> {
    const { rowCount } = await this.database.pool.query(SWEEP, [new Date(beforeMs), limit]);
    return rowCount ?? 0;
  }
}
