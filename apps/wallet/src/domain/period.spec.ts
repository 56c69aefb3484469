import fc from 'fast-check';
import { PeriodBook } from './period-book.js';
import { isTimeZone, periodAt, type PeriodKind } from './period.js';

const at = (text: string): number => Date.parse(text);
const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

// Zones that make mistakes visible: half hours, DST at midnight, DST of half an hour, a skipped day, far from UTC.
const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'America/Havana',
  'America/St_Johns',
  'Asia/Beirut',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'Africa/Cairo',
];
const kinds: PeriodKind[] = ['day', 'week', 'month'];
const calendar = { kind: fc.constantFrom(...kinds), zone: fc.constantFrom(...zones) };
const instant = fc.integer({ min: at('2000-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') });

describe('a period', () => {
  it.each([
    [
      'day',
      'Europe/Berlin',
      '2026-01-20T22:59:59.999Z',
      '2026-01-20',
      '2026-01-19T23:00:00.000Z',
      '2026-01-20T23:00:00.000Z',
    ],
    [
      'day',
      'Europe/Berlin',
      '2026-01-20T23:00:00Z',
      '2026-01-21',
      '2026-01-20T23:00:00.000Z',
      '2026-01-21T23:00:00.000Z',
    ],
    // 23 and 25 hours long.
    [
      'day',
      'Europe/Berlin',
      '2026-03-29T12:00:00Z',
      '2026-03-29',
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ],
    [
      'day',
      'Europe/Berlin',
      '2026-10-25T12:00:00Z',
      '2026-10-25',
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ],
    // Midnight does not exist on this day, it starts at 01:00.
    [
      'day',
      'Asia/Beirut',
      '2026-03-29T12:00:00Z',
      '2026-03-29',
      '2026-03-28T22:00:00.000Z',
      '2026-03-29T21:00:00.000Z',
    ],
    // Monday, by ISO 8601, also where the year of the week is not that of the day.
    ['week', 'UTC', '2026-01-01T00:00:00Z', '2026-W01', '2025-12-29T00:00:00.000Z', '2026-01-05T00:00:00.000Z'],
    ['week', 'UTC', '2027-01-03T23:59:59Z', '2026-W53', '2026-12-28T00:00:00.000Z', '2027-01-04T00:00:00.000Z'],
    [
      'month',
      'America/New_York',
      '2026-03-01T04:59:59Z',
      '2026-02',
      '2026-02-01T05:00:00.000Z',
      '2026-03-01T05:00:00.000Z',
    ],
    [
      'month',
      'America/New_York',
      '2026-03-15T00:00:00Z',
      '2026-03',
      '2026-03-01T05:00:00.000Z',
      '2026-04-01T04:00:00.000Z',
    ],
  ] as const)('[WL-007] of a %s in %s at %s is %s', (kind, zone, now, key, startsAt, endsAt) => {
    const period = periodAt(kind, zone, at(now));
    expect([period.key, iso(period.startsAtMs), iso(period.endsAtMs)]).toEqual([key, startsAt, endsAt]);
  });

  it('without a calendar never ends', () => {
    expect(periodAt('none', 'UTC', 0)).toEqual({ key: 'all', startsAtMs: null, endsAtMs: null });
  });

  it('[WL-007] contains its instant, is followed by the next without a gap, and has one key throughout', () => {
    fc.assert(
      fc.property(
        calendar.kind,
        calendar.zone,
        instant,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (kind, zone, now, part) => {
          const period = periodAt(kind, zone, now);
          const [start, end] = [period.startsAtMs!, period.endsAtMs!];
          expect(start).toBeLessThanOrEqual(now);
          expect(end).toBeGreaterThan(now);
          expect(periodAt(kind, zone, start + Math.floor((end - 1 - start) * part))).toEqual(period);
          const next = periodAt(kind, zone, end);
          expect(next.startsAtMs).toBe(end);
          expect(next.key > period.key).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('is the same from the book as computed anew', () => {
    const book = new PeriodBook();
    fc.assert(
      fc.property(calendar.kind, calendar.zone, instant, (period, timeZone, now) => {
        expect(book.at({ period, timeZone }, now)).toEqual(periodAt(period, timeZone, now));
      }),
    );
  });
});

it.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['+02:00', false],
  ['Mars/Olympus', false],
  ['', false],
])('the time zone %s is known: %s', (zone, known) => expect(isTimeZone(zone)).toBe(known));
