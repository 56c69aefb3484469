/* The statements of the queue of batches. */

const later = (parameter: string): string => `now() + ${parameter}::double precision * interval '1 millisecond'`;
const OPEN = `('validating', 'in_progress', 'finalizing', 'cancelling')`;

export const HELD = `WHERE id = $1 AND run_number = $2 AND status IN ${OPEN}`;

export const CLAIM = `
WITH due AS (
  SELECT id FROM batch WHERE status IN ${OPEN} AND due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE batch SET due_at = ${later('$2')}, run_number = run_number + 1 FROM due WHERE batch.id = due.id
RETURNING batch.id, org_id, key_id, run_number, endpoint, input_file_id, sealed_key, created_at, expires_at,
  output_expires_after_seconds`;

export const RENEW = `
UPDATE batch SET due_at = ${later('$3')}
FROM unnest($1::text[], $2::int[]) AS held (id, run_number)
WHERE batch.id = held.id AND batch.run_number = held.run_number AND batch.status IN ${OPEN}
RETURNING batch.id, batch.run_number`;

export const DEFER_UNSURE = `
UPDATE batch_line SET due_at = greatest(due_at, ${later('$2')}) WHERE batch_id = $1 AND outcome IS NULL AND unsure`;

/** Whoever begins a line leaves it unsure, until it is known how its call ended. */
export const CLAIM_LINES = `
WITH held AS (SELECT 1 FROM batch WHERE id = $1 AND run_number = $2 AND status = 'in_progress' FOR UPDATE),
due AS (
  SELECT position, unsure FROM batch_line
  WHERE batch_id = $1 AND outcome IS NULL AND due_at <= now() AND claimed_by IS DISTINCT FROM $2
    AND EXISTS (SELECT 1 FROM held)
  ORDER BY position LIMIT $3
)
UPDATE batch_line AS line SET claimed_by = $2, unsure = true, due_at = ${later('$4')}
FROM due WHERE line.batch_id = $1 AND line.position = due.position
RETURNING line.position, line.custom_id, line.body, line.attempts, due.unsure`;

export const END_LINE = `
UPDATE batch_line SET succeeded = $3, outcome = $4, body = '' WHERE batch_id = $1 AND position = $2 AND outcome IS NULL`;

export const POSTPONE_LINE = `
UPDATE batch_line SET claimed_by = NULL, due_at = ${later('$3')}, unsure = $4, attempts = attempts + 1
WHERE batch_id = $1 AND position = $2 AND outcome IS NULL`;

export const OUTCOMES = `
SELECT position, custom_id, succeeded, outcome FROM batch_line
WHERE batch_id = $1 AND position > $2 ORDER BY position LIMIT $3`;

const ending = (status: string): string => `
UPDATE batch SET status = '${status}', output_file_id = $2, error_file_id = $3, ${status}_at = $4, sealed_key = NULL,
  failed = total - completed
WHERE id = $1`;

/** Lines that were never run count as failed: they are in the error file. */
export const END = { completed: ending('completed'), expired: ending('expired'), cancelled: ending('cancelled') };
