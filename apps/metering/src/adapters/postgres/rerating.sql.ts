import type { AdjustedCall } from '../../application/ports.js';
import { patchOf } from './request-log.sql.js';

export const INSERT_RERATING = `
INSERT INTO rerating (id, org_id, started_from, started_before, model, provider, reason, dry_run, price_version,
  cursor_started_at, cursor_request_id, created_at)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $3, '', $10
WHERE (SELECT count(*) FROM rerating WHERE org_id = $2 AND finished_at IS NULL) < $11`;

/** Who holds the row rates; the others go on to the next one instead of waiting. */
export const LOCK_RERATING = 'SELECT * FROM rerating WHERE id = $1 AND finished_at IS NULL FOR UPDATE SKIP LOCKED';

/** The next calls of the period, whatever they are: how many there are, and which is the last. Read from an index alone. */
export const NEXT_CALLS = `
WITH next AS (
  SELECT started_at, request_id FROM request_log
  WHERE org_id = $1 AND (started_at, request_id) > ($2, $3) AND started_at < $4
  ORDER BY started_at, request_id LIMIT $5)
SELECT count(*) OVER () AS count, started_at, request_id FROM next ORDER BY started_at DESC, request_id DESC LIMIT 1`;

/** Of those, the ones that the re-rating is about, by themselves or by one of their attempts; locked in their order. */
export const SELECT_CALLS = `
SELECT record FROM request_log
WHERE org_id = $1 AND (started_at, request_id) > ($2, $3) AND (started_at, request_id) <= ($4, $5)
  AND ((model = COALESCE($6, model) AND provider = COALESCE($7, provider))
    OR record->'attempts' @> jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('model', $6::text, 'provider', $7::text))))
ORDER BY started_at, request_id FOR UPDATE`;

export const INSERT_ADJUSTMENTS = `
INSERT INTO cost_adjustment (id, rerating_id, request_id, org_id, from_nano_usd, to_nano_usd, from_price_id, to_price_id,
  reason, adjusted_at)
SELECT id, $2, request_id, $3, from_nano_usd, to_nano_usd, from_price_id, to_price_id, $4, $5
FROM json_to_recordset($1::json) AS adjustment (id text, request_id text, from_nano_usd bigint, to_nano_usd bigint,
  from_price_id text, to_price_id text)`;

export const UPDATE_CALLS = `
UPDATE request_log SET cost_nano_usd = adjustment.to_nano_usd, record = record || adjustment.patch
FROM json_to_recordset($1::json) AS adjustment (request_id text, to_nano_usd bigint, patch jsonb)
WHERE request_log.request_id = adjustment.request_id`;

export const ADVANCE_RERATING = `
UPDATE rerating SET cursor_started_at = $2, cursor_request_id = $3, scanned = scanned + $4, changed = changed + $5,
  unpriced = unpriced + $6, difference_nano_usd = difference_nano_usd + $7, finished_at = $8
WHERE id = $1`;

/** The adjustments as `$1` of the statements. */
export function toAdjustmentsJson(adjusted: readonly AdjustedCall[]): string {
  return JSON.stringify(
    adjusted.map(({ adjustmentId, before, after }) => ({
      id: adjustmentId,
      request_id: before.requestId,
      from_nano_usd: String(before.cost),
      to_nano_usd: String(after.cost),
      from_price_id: before.priceId,
      to_price_id: after.priceId,
      patch: patchOf(after),
    })),
  );
}
