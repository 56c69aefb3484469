import { lastDays, showDate, showDistance, showMoment, showTime, showUtcDay } from './time.js';

const nowMs = Date.parse('2026-11-20T16:20:00.000Z');

describe('times on the screen', () => {
  it('leaves out the year only where it goes without saying', () => {
    const timeZone = 'UTC';
    expect(showTime('2026-11-03T14:05:09.123Z', { timeZone })).toBe('3 Nov 2026, 14:05:09');
    expect(showTime('2026-11-03T14:05:09.123Z', { timeZone, nowMs })).toBe('3 Nov, 14:05:09');
    expect(showTime('2025-12-31T23:59:59.000Z', { timeZone, nowMs })).toBe('31 Dec 2025, 23:59:59');
    expect(showTime('2025-12-31T23:59:59.000Z', { timeZone: 'Asia/Tokyo', nowMs })).toBe('1 Jan, 08:59:59');
  });

  it('names the time zone of a moment that matters to the minute', () =>
    expect(showMoment('2026-12-01T00:00:00.000Z', 'UTC')).toBe('1 Dec 2026, 00:00 UTC'));

  it('shows what is no time as it came', () => {
    expect(showTime('soon')).toBe('soon');
    expect(showMoment('soon')).toBe('soon');
  });

  it('takes the days of a report for what they are: days of UTC', () => {
    expect(showUtcDay('2026-11-03T00:00:00.000Z')).toBe('3 Nov');
    expect(showDate('2026-11-30T23:30:00.000Z', 'Europe/Berlin')).toBe('1 Dec 2026');
  });

  it.each([
    ['2026-11-20T16:20:30.000Z', 'in 30 seconds'],
    ['2026-11-20T16:17:00.000Z', '3 minutes ago'],
    ['2026-11-20T21:20:00.000Z', 'in 5 hours'],
    ['2026-12-01T00:00:00.000Z', 'in 10 days'],
  ])('says how far away %s is', (time, shown) => expect(showDistance(time, nowMs)).toBe(shown));
});

describe('the last days', () => {
  it('are whole days of UTC that end with today, also over the end of a month', () => {
    const { from, to, days } = lastDays(30, nowMs);
    expect([from, to]).toEqual(['2026-10-22T00:00:00.000Z', '2026-11-21T00:00:00.000Z']);
    expect(days).toHaveLength(30);
    expect(days.at(-1)).toBe('2026-11-20T00:00:00.000Z');
    expect(new Set(days.map((day) => day.slice(10)))).toEqual(new Set(['T00:00:00.000Z']));
  });

  it('begin a new day at midnight, not before', () => {
    expect(lastDays(1, Date.parse('2026-11-20T23:59:59.999Z')).from).toBe('2026-11-20T00:00:00.000Z');
    expect(lastDays(1, Date.parse('2026-11-21T00:00:00.000Z')).from).toBe('2026-11-21T00:00:00.000Z');
  });
});
