import type { Batch, StoredFile } from '@ao/contracts';

/** Files and batches as clients of OpenAI's API read them: times in whole seconds. */

const seconds = (atMs: number): number => Math.floor(atMs / 1_000);
const optionalSeconds = (atMs: number | null): number | null => (atMs === null ? null : seconds(atMs));

export function toFileBody({ id, bytes, filename, purpose, createdAtMs, expiresAtMs }: StoredFile): object {
  return {
    id,
    object: 'file',
    bytes,
    created_at: seconds(createdAtMs),
    expires_at: seconds(expiresAtMs),
    filename,
    purpose,
    status: 'processed',
    status_details: null,
  };
}

export function toBatchBody(batch: Batch): object {
  return {
    id: batch.id,
    object: 'batch',
    endpoint: batch.endpoint,
    errors: batch.errors && { object: 'list', data: batch.errors },
    input_file_id: batch.inputFileId,
    completion_window: '24h',
    status: batch.status,
    output_file_id: batch.outputFileId,
    error_file_id: batch.errorFileId,
    created_at: seconds(batch.createdAtMs),
    in_progress_at: optionalSeconds(batch.inProgressAtMs),
    expires_at: seconds(batch.expiresAtMs),
    finalizing_at: optionalSeconds(batch.finalizingAtMs),
    completed_at: optionalSeconds(batch.completedAtMs),
    failed_at: optionalSeconds(batch.failedAtMs),
    expired_at: optionalSeconds(batch.expiredAtMs),
    cancelling_at: optionalSeconds(batch.cancellingAtMs),
    cancelled_at: optionalSeconds(batch.cancelledAtMs),
    request_counts: batch.requestCounts,
    metadata: batch.metadata,
  };
}

export function toListBody<Item extends { id: string }>(
  { data, hasMore }: { data: Item[]; hasMore: boolean },
  toBody: (item: Item) => object,
): object {
  return {
    object: 'list',
    data: data.map(toBody),
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: hasMore,
  };
}
