import { countMerged, type RankLookup } from './merge-count.js';

/** A vocabulary of all runs of `a` up to 64: the worst case, in which every pair can merge. */
class CountingRanks implements RankLookup {
  lookups = 0;

  get(bytes: string): number | undefined {
    this.lookups++;
    return bytes.length <= 64 ? bytes.length : undefined;
  }
}

describe('byte-pair merging', () => {
  it('does work in proportion to the length of a piece, not to its square', () => {
    const lookupsPerByte = [1_000, 100_000].map((length) => {
      const ranks = new CountingRanks();
      countMerged('a'.repeat(length), ranks);
      return ranks.lookups / length;
    });
    expect(Math.max(...lookupsPerByte)).toBeLessThanOrEqual(3);
  });

  it('merges the lowest rank first and, among equals, the leftmost', () => {
    const ranks = new Map([
      ['ab', 2],
      ['bc', 1],
      ['aa', 3],
    ]);
    expect(countMerged('abc', ranks)).toBe(2);
    expect(countMerged('aaa', ranks)).toBe(2);
    expect(countMerged('xyz', ranks)).toBe(3);
  });

  it.each([
    ['', 0],
    ['a', 1],
  ])('counts the piece %j as %i', (piece, count) => {
    expect(countMerged(piece, new Map())).toBe(count);
  });
});
