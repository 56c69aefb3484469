/** Where warnings of a reading go. */
export interface Warnings {
  warnings: string[];
}

/** The longest pause, as the contract of settings has it. */
export const PAUSE_MS_MAX = 600_000;
const LIMIT_MS_MAX = 7_200_000;

/** Null and undefined left out: what is absent takes its default elsewhere. */
export function definedOf<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

/** Whole milliseconds of seconds. A file that asks for more than there is must start the gateway all the same. */
export function millisecondsOf(
  reading: Warnings,
  path: string,
  seconds: number | null | undefined,
  maxMs = LIMIT_MS_MAX,
): number | undefined {
  if (seconds == null) return undefined;
  if (seconds * 1_000 <= maxMs) return Math.round(seconds * 1_000);
  reading.warnings.push(`${path}: more than ${maxMs / 1_000} seconds; ${maxMs / 1_000} is used`);
  return maxMs;
}

export function withinMax(
  reading: Warnings,
  path: string,
  value: number | null | undefined,
  max: number,
): number | undefined {
  if (value == null || value <= max) return value ?? undefined;
  reading.warnings.push(`${path}: more than ${max}; ${max} is used`);
  return max;
}
