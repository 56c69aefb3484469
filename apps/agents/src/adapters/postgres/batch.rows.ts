import type { BatchEndpoint, BatchError, BatchStatus } from '@ao/contracts';
import type { Batch } from '../../domain/batch.js';

export interface BatchRow {
  id: string;
  endpoint: string;
  status: string;
  input_file_id: string;
  output_file_id: string | null;
  error_file_id: string | null;
  errors: BatchError[] | null;
  metadata: Record<string, string> | null;
  total: number;
  completed: number;
  failed: number;
  created_at: Date;
  expires_at: Date;
  in_progress_at: Date | null;
  finalizing_at: Date | null;
  completed_at: Date | null;
  failed_at: Date | null;
  expired_at: Date | null;
  cancelling_at: Date | null;
  cancelled_at: Date | null;
}

export const BATCH_COLUMNS = `id, endpoint, status, input_file_id, output_file_id, error_file_id, errors, metadata, total,
  completed, failed, created_at, expires_at, in_progress_at, finalizing_at, completed_at, failed_at, expired_at,
  cancelling_at, cancelled_at`;

export function toBatch(row: BatchRow): Batch {
  return {
    id: row.id,
    endpoint: row.endpoint as BatchEndpoint,
    status: row.status as BatchStatus,
    inputFileId: row.input_file_id,
    outputFileId: row.output_file_id,
    errorFileId: row.error_file_id,
    errors: row.errors,
    requestCounts: { total: row.total, completed: row.completed, failed: row.failed },
    metadata: row.metadata,
    createdAtMs: row.created_at.getTime(),
    expiresAtMs: row.expires_at.getTime(),
    inProgressAtMs: toMs(row.in_progress_at),
    finalizingAtMs: toMs(row.finalizing_at),
    completedAtMs: toMs(row.completed_at),
    failedAtMs: toMs(row.failed_at),
    expiredAtMs: toMs(row.expired_at),
    cancellingAtMs: toMs(row.cancelling_at),
    cancelledAtMs: toMs(row.cancelled_at),
  };
}

const toMs = (at: Date | null): number | null => at && at.getTime();
