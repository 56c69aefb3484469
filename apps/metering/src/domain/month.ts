/** A month in UTC, `2026-01`. */
export type Month = string;

const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/;
/** What ten digits mean in the exports of providers. */
const EPOCH_SECONDS = /^\d{9,10}$/;
const DATE = /^(\d{4}-\d{2})-\d{2}(?:$| \d{2}:\d{2})/;

/** From its first instant to that of the next month. */
export function monthRange(month: Month): { fromMs: number; toMs: number } {
  const [year, ofYear] = month.split('-').map(Number) as [number, number];
  return { fromMs: Date.UTC(year, ofYear - 1, 1), toMs: Date.UTC(year, ofYear, 1) };
}

/**
 * The month of a cell: `2026-01`, `2026-01-31`, `2026-01-31 10:00`, `2026-01-31T23:00:00-05:00`, seconds since the epoch.
 * A time without a zone is taken for UTC. Undefined when it is none of these.
 */
export function monthOf(text: string): Month | undefined {
  if (MONTH.test(text)) return text;
  const ms = DATE.test(text) ? Date.parse(`${text.slice(0, 10)}T00:00:00Z`) : instantOf(text);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString().slice(0, 7);
}

function instantOf(text: string): number {
  if (EPOCH_SECONDS.test(text)) return Number(text) * 1_000;
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text)) return Number.NaN;
  return Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`);
}
