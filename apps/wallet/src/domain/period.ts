import { Temporal } from 'temporal-polyfill';

export type PeriodKind = 'none' | 'day' | 'week' | 'month';

/** A stretch of time with a budget of its own. */
export interface Period {
  /** `all`, `2026-01-20`, `2026-W04` (ISO 8601 week) or `2026-01`; sorts by time within one kind. */
  key: string;
  /** Null for a wallet without periods. */
  startsAtMs: number | null;
  /** The first instant that no longer belongs to it. */
  endsAtMs: number | null;
}

const EVERYTHING: Period = { key: 'all', startsAtMs: null, endsAtMs: null };

/**
 * The period that an instant lies in, by the calendar of a time zone. Computed whenever it is needed, so there is no
 * reset that could be missed. A day lasts from its first instant to the next day's, whatever the clocks do in between.
 */
export function periodAt(kind: PeriodKind, timeZone: string, atMs: number): Period {
  if (kind === 'none') return EVERYTHING;
  const today = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).toPlainDate();
  const first = firstDay(kind, today);
  const period = periodFrom(kind, first, timeZone);
  // Clocks set back across midnight make an hour look like the day before; its period has ended all the same.
  return atMs < period.endsAtMs ? period : periodFrom(kind, following(kind, first), timeZone);
}

/** Whether it names a zone of the IANA database (`Europe/Berlin`, `UTC`); fixed offsets have no calendar of their own. */
export function isTimeZone(text: string): boolean {
  if (/^[+-]/.test(text)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function periodFrom(kind: PeriodKind, first: Temporal.PlainDate, timeZone: string): Period & { endsAtMs: number } {
  const startsAtMs = firstInstant(first, timeZone);
  return { key: keyOf(kind, first), startsAtMs, endsAtMs: firstInstant(following(kind, first), timeZone) };
}

const following = (kind: PeriodKind, first: Temporal.PlainDate): Temporal.PlainDate =>
  first.add(kind === 'month' ? { months: 1 } : { days: kind === 'week' ? 7 : 1 });

function firstDay(kind: PeriodKind, day: Temporal.PlainDate): Temporal.PlainDate {
  if (kind === 'month') return day.with({ day: 1 });
  return kind === 'week' ? day.subtract({ days: day.dayOfWeek - 1 }) : day;
}

function keyOf(kind: PeriodKind, first: Temporal.PlainDate): string {
  if (kind === 'day') return first.toString();
  if (kind === 'month') return first.toString().slice(0, 7);
  return `${first.yearOfWeek}-W${String(first.weekOfYear).padStart(2, '0')}`;
}

const firstInstant = (day: Temporal.PlainDate, timeZone: string): number =>
  day.toZonedDateTime(timeZone).epochMilliseconds;
