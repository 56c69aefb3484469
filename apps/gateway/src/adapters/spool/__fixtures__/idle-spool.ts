import type { SpoolFigures } from '../file-spool.js';

/** A spool with nothing to do. */
export const idleSpool: SpoolFigures = {
  recordsWaiting: 0,
  oldestRecordAgeMs: 0,
  bytes: 0,
  writeErrors: 0,
  damagedLines: 0,
  recordsReplayed: 0,
  filesToReplay: 0,
};
