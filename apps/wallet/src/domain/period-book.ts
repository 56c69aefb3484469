import { periodAt, type Period, type PeriodKind } from './period.js';

const ZONES_MAX = 4_096;

/** Remembers the last period of each kind and zone: computing one takes longer than the rest of a posting. */
export class PeriodBook {
  private readonly last = new Map<string, Period>();

  at(calendar: { period: PeriodKind; timeZone: string }, atMs: number): Period {
    const name = `${calendar.period} ${calendar.timeZone}`;
    const known = this.last.get(name);
    if (known && contains(known, atMs)) return known;
    const period = periodAt(calendar.period, calendar.timeZone, atMs);
    if (this.last.size >= ZONES_MAX) this.last.clear();
    this.last.set(name, period);
    return period;
  }
}

const contains = ({ startsAtMs, endsAtMs }: Period, atMs: number): boolean =>
  (startsAtMs === null || startsAtMs <= atMs) && (endsAtMs === null || atMs < endsAtMs);
