import fc from 'fast-check';
import { niceScale } from './scale.js';

describe('the scale of an axis', () => {
  it.each([
    [34_000_000n, [0n, 10_000_000n, 20_000_000n, 30_000_000n, 40_000_000n]],
    [7_900_000_000n, [0n, 2_000_000_000n, 4_000_000_000n, 6_000_000_000n, 8_000_000_000n]],
    [1n, [0n, 1n]],
    [0n, [0n]],
  ])('finds round marks for %s', (largest, marks) => expect(niceScale(largest, 4).marks).toEqual(marks));

  it('always reaches over the largest value, with few marks and little air', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 24n }), fc.integer({ min: 2, max: 8 }), (largest, marksMax) => {
        const { top, marks } = niceScale(largest, marksMax);
        expect(top >= largest).toBe(true);
        expect(marks.length).toBeLessThanOrEqual(marksMax + 1);
        expect(top - (marks[1] ?? 0n) < largest).toBe(true);
        expect(marks.at(-1)).toBe(top);
      }),
    );
  });
});
