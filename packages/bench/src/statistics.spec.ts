import { median, percentile, sortedTogether } from './statistics.js';

describe('statistics', () => {
  it.each([
    [0.5, 50],
    [0.99, 99],
    [1, 100],
    [0, 1],
  ])('gives the smallest value that share %s of the sample does not exceed', (share, expected) => {
    expect(
      percentile(
        Float64Array.from({ length: 100 }, (_value, index) => index + 1),
        share,
      ),
    ).toBe(expected);
  });

  it('sorts several samples as one', () => {
    const samples = [Float64Array.of(3, 1), Float64Array.of(2), Float64Array.of()];
    expect([...sortedTogether(samples)]).toEqual([1, 2, 3]);
    expect(percentile(sortedTogether([]), 0.5)).toBe(0);
  });

  it('gives the middle, and of an even number the mean of the two', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, 0]);
  });
});
