const DAY_MS = 86_400_000;

export interface TimeOptions {
  /** The year of this moment goes without saying. */
  nowMs?: number;
  /** Default: the reader's. */
  timeZone?: string;
}

/** A moment to the second: `"3 Nov 2026, 14:05:09"`. What is no time is shown as it came. */
export function showTime(time: string, { nowMs, timeZone }: TimeOptions = {}): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  const zone = timeZone && { timeZone };
  const yearOf = (moment: number): string =>
    new Intl.DateTimeFormat('en-GB', { year: 'numeric', ...zone }).format(moment);
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    ...((nowMs === undefined || yearOf(nowMs) !== yearOf(date.getTime())) && { year: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    ...zone,
  }).format(date);
}

/** A moment without its seconds but with its zone: `"1 Dec 2026, 00:00 UTC"`. */
export function showMoment(time: string, timeZone?: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
    ...(timeZone && { timeZone }),
  }).format(date);
}

/** A day of UTC, as the cost report counts them: `"3 Nov"`. */
export const showUtcDay = (time: string): string =>
  new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(time));

/** A date alone, in the reader's time zone: `"3 Nov 2026"`. */
export const showDate = (time: string, timeZone?: string): string =>
  new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    ...(timeZone && { timeZone }),
  }).format(new Date(time));

/** How far away a moment is: `"in 11 days"`, `"3 minutes ago"`. */
export function showDistance(time: string, nowMs: number): string {
  const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  const seconds = Math.trunc((Date.parse(time) - nowMs) / 1_000);
  if (Math.abs(seconds) < 60) return relative.format(seconds, 'second');
  if (Math.abs(seconds) < 3_600) return relative.format(Math.trunc(seconds / 60), 'minute');
  if (Math.abs(seconds) < 86_400) return relative.format(Math.trunc(seconds / 3_600), 'hour');
  return relative.format(Math.trunc(seconds / 86_400), 'day');
}

export interface DayRange {
  /** The first instant of the first day, RFC 3339. */
  from: string;
  /** The first instant after the last day. */
  to: string;
  /** The first instant of every day, in order. */
  days: string[];
}

/** The last days of UTC, today included. */
export function lastDays(count: number, nowMs: number): DayRange {
  const todayMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const days = Array.from({ length: count }, (_, index) =>
    new Date(todayMs - (count - 1 - index) * DAY_MS).toISOString(),
  );
  return { from: days[0]!, to: new Date(todayMs + DAY_MS).toISOString(), days };
}
