import { requestLogRow, type RequestLogRow } from '@ao/contracts';
import type { RecordedCall } from '../../application/ports.js';

/** What the statements take: all calls of a batch as one JSON text, so that one statement writes them all. */
const CALLS = `json_to_recordset($1::json) AS call (request_id text, org_id text, team_id text, key_id text,
  wallet_ids text[], cost_center text, tags text[], model text, provider text, status integer, cost_nano_usd bigint,
  duration_ms double precision, started_at timestamptz, record jsonb)`;

export const INSERT_CALLS = `
INSERT INTO request_log (request_id, org_id, team_id, key_id, wallet_ids, cost_center, tags, model, provider, status,
  cost_nano_usd, duration_ms, started_at, record)
SELECT request_id, org_id, team_id, key_id, wallet_ids, cost_center, tags, model, provider, status,
  cost_nano_usd, duration_ms, started_at, record FROM ${CALLS}
ON CONFLICT (request_id) DO NOTHING RETURNING request_id`;

/** Of calls whose id is taken, those that are not the call that took it. */
export const KEEP_COLLIDING = `
INSERT INTO usage_refused (request_id, digest, reason, record)
SELECT call.request_id, md5(call.record::text), 'request_id_taken', call.record::text
FROM ${CALLS} JOIN request_log AS taken USING (request_id)
WHERE (taken.org_id, taken.key_id, taken.started_at) IS DISTINCT FROM (call.org_id, call.key_id, call.started_at)
ON CONFLICT (request_id, digest) DO NOTHING RETURNING request_id`;

export const KEEP_REFUSED = `
INSERT INTO usage_refused (request_id, digest, reason, record)
SELECT request_id, md5(record), reason, record
FROM unnest($1::text[], $2::text[], $3::text[]) AS refused (request_id, reason, record)
ON CONFLICT (request_id, digest) DO NOTHING`;

export const DELETE_OLDEST = `
DELETE FROM request_log WHERE request_id = ANY(ARRAY(
  SELECT request_id FROM request_log WHERE started_at < $1 ORDER BY started_at LIMIT $2 FOR UPDATE SKIP LOCKED))`;

export const DELETE_OLDEST_REFUSED = `
DELETE FROM usage_refused WHERE ctid = ANY(ARRAY(
  SELECT ctid FROM usage_refused WHERE refused_at < $1 ORDER BY refused_at LIMIT $2))`;

/** The calls as `$1` of the statements. */
export function toCallsJson(calls: readonly Pick<RecordedCall, 'record' | 'json'>[]): string {
  return `[${calls.map(toCallJson).join(',')}]`;
}

function toCallJson({ record, json }: Pick<RecordedCall, 'record' | 'json'>): string {
  const columns = JSON.stringify({
    request_id: record.requestId,
    org_id: record.orgId,
    team_id: record.teamId,
    key_id: record.keyId,
    wallet_ids: record.charges.map(({ walletId }) => walletId),
    cost_center: record.costCenter ?? null,
    tags: record.tags,
    model: record.model,
    provider: record.provider,
    status: record.status,
    cost_nano_usd: String(record.cost),
    duration_ms: record.durationMs,
    started_at: new Date(record.startedAtMs).toISOString(),
  });
  // The record is JSON already; writing it again would cost as much as all the rest.
  return `${columns.slice(0, -1)},"record":${json}}`;
}

/** What a re-rating changes of a stored record; fields that a newer version added stay as they are. */
export function patchOf(after: RequestLogRow): object {
  const { cost, originalCost, costBasis, priceId, attempts } = requestLogRow.encode(after);
  return { cost, originalCost, costBasis, priceId, ...(attempts && { attempts }) };
}
