/** What a file is for; only batches make a `batch_output`. */
type FilePurpose = 'assistants' | 'batch' | 'evals' | 'fine-tune' | 'user_data' | 'vision' | 'batch_output';

/** A file that a caller stores, or that a batch has made. */
export interface StoredFile {
  id: string;
  purpose: FilePurpose;
  filename: string;
  bytes: number;
  createdAtMs: number;
  expiresAtMs: number;
}

/** An upload that is not finished in this time is dropped. */
export const UPLOAD_TTL_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** @param afterSeconds What was asked for; null: as long as the operator keeps files. */
export function expiryOf(createdAtMs: number, afterSeconds: number | null, retentionDays: number): number {
  const keptMs = retentionDays * DAY_MS;
  return createdAtMs + (afterSeconds === null ? keptMs : Math.min(afterSeconds * 1_000, keptMs));
}
