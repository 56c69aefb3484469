import { AppError } from '@ao/kernel';

/** The last millisecond that ClickHouse's DateTime64 can hold. */
const EPOCH_MS_MAX = Date.UTC(2299, 11, 31, 23, 59, 59, 999);

/**
 * An instant as ClickHouse reads it in any setting: `2026-01-01 00:00:00.000`, UTC.
 * @throws AppError `invalid_parameter` outside of 1970 to 2299: it would silently become another time
 */
export function toDateTime(epochMs: number): string {
  if (epochMs >= 0 && epochMs <= EPOCH_MS_MAX) return new Date(epochMs).toISOString().slice(0, -1).replace('T', ' ');
  throw new AppError('invalid_parameter', 'The time of a record must lie between 1970 and 2299.', {
    internal: `${epochMs}`,
  });
}
