import { monthOf, monthRange } from './month.js';

describe('a month', () => {
  it('reaches in UTC from its first instant to that of the next', () => {
    expect(monthRange('2026-01')).toEqual({ fromMs: Date.UTC(2026, 0, 1), toMs: Date.UTC(2026, 1, 1) });
    expect(monthRange('2026-12').toMs).toBe(Date.UTC(2027, 0, 1));
  });

  it.each([
    ['2026-01', '2026-01'],
    ['2026-01-31', '2026-01'],
    ['2026-01-31 23:59', '2026-01'],
    ['2026-01-31T23:59:59', '2026-01'],
    ['2026-01-31T23:00:00Z', '2026-01'],
    ['2026-01-31T23:00:00-05:00', '2026-02'],
    ['1769904000', '2026-02'],
    ['2026-13', undefined],
    ['2026-02-30x', undefined],
    ['2026-02-99', undefined],
    ['January', undefined],
    ['1', undefined],
    ['', undefined],
  ])('is read in UTC from %j', (text, month) => expect(monthOf(text)).toBe(month));
});
