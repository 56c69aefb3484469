import type { StoredResponse } from '@ao/contracts';
import { confirmClaim, type Database } from '@ao/database';
import type { NewResponse, ResponseScope, ResponseStore } from '../../application/responses/ports.js';

interface ResponseRow {
  id: string;
  model: string;
  provider_id: string;
  content: string;
  created_at: Date;
  expires_at: Date;
}

/** Saves at the same moment may each find the last room: the limit guards the database, not money. */
const SAVE = `
INSERT INTO response (org_id, id, key_id, team_id, user_id, model, provider_id, content, bytes, created_at, expires_at)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9::int, $10, $11
WHERE (SELECT COALESCE(sum(bytes), 0) FROM response WHERE org_id = $1) + $9::int <= $12::bigint
ON CONFLICT (org_id, id) DO NOTHING
RETURNING expires_at`;
const VISIBLE = `
org_id = $1 AND ($2::text IS NULL OR key_id = $2 OR user_id = $3) AND expires_at > $4 AND id = $5`;
const SWEEP = `
DELETE FROM response WHERE (org_id, id) IN (
  SELECT org_id, id FROM response WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED
)`;

export class PostgresResponseStore implements ResponseStore {
  constructor(private readonly database: Database) {}

  async save(response: NewResponse, organisationBytesMax: number): Promise<number | null> {
    const { orgId, id, keyId, teamId, userId, model, providerId, content } = response;
    const times = [new Date(response.createdAtMs), new Date(response.expiresAtMs)];
    const values = [orgId, id, keyId, teamId, userId, model, providerId, content, Buffer.byteLength(content)];
    return this.database.transaction(async (client) => {
      const { rows } = await client.query<{ expires_at: Date }>(SAVE, [...values, ...times, organisationBytesMax]);
      const kept = rows[0] ?? (await client.query<{ expires_at: Date }>(KEPT, [orgId, id, keyId])).rows[0];
      return kept ? kept.expires_at.getTime() : null;
    });
  }

  async find(scope: ResponseScope, id: string, nowMs: number): Promise<StoredResponse | null> {
    const { rows } = await this.database.pool.query<ResponseRow>(
      `SELECT id, model, provider_id, content, created_at, expires_at FROM response WHERE ${VISIBLE}`,
      visibleTo(scope, id, nowMs),
    );
    return rows[0] ? toResponse(rows[0]) : null;
  }

  async delete(scope: ResponseScope, id: string, nowMs: number): Promise<boolean> {
    return this.database.transaction(async (client) => {
      const { rowCount } = await client.query(`DELETE FROM response WHERE ${VISIBLE}`, visibleTo(scope, id, nowMs));
      if (rowCount === 1) await confirmClaim(client);
      return rowCount === 1;
    });
  }

  async sweep(nowMs: number, limit: number): Promise<number> {
    const { rowCount } = await this.database.pool.query(SWEEP, [new Date(nowMs), limit]);
    return rowCount ?? 0;
  }
}

const KEPT = 'SELECT expires_at FROM response WHERE org_id = $1 AND id = $2 AND key_id = $3';

const visibleTo = ({ orgId, owner }: ResponseScope, id: string, nowMs: number): unknown[] => [
  orgId,
  owner?.keyId ?? null,
  owner?.userId ?? null,
  new Date(nowMs),
  id,
];

const toResponse = (row: ResponseRow): StoredResponse => ({
  id: row.id,
  model: row.model,
  providerId: row.provider_id,
  content: row.content,
  createdAtMs: row.created_at.getTime(),
  expiresAtMs: row.expires_at.getTime(),
});
