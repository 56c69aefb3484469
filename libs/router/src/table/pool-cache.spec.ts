import { PoolCache } from './pool-cache.js';
import { Pool } from './pool.js';

/** How often a pool of each key had to be built, in this order of questions. */
function buildsOf(keys: string[], heldMax: number): Record<string, number> {
  const cache = new PoolCache(heldMax);
  const builds: Record<string, number> = {};
  for (const key of keys) {
    cache.get(key, () => {
      builds[key] = (builds[key] ?? 0) + 1;
      return new Pool([], null);
    });
  }
  return builds;
}

describe('the pools of a table', () => {
  it('are built once each, as long as there is room', () => {
    expect(buildsOf(['a', 'b', 'a', 'b', 'a'], 16)).toEqual({ a: 1, b: 1 });
  });

  it('make room for each other, the longest unused first, however many kinds of calls there are', () => {
    expect(buildsOf(['a', 'b', 'a', 'c', 'a', 'b'], 16)).toEqual({ a: 1, b: 2, c: 1 });
  });

  it('serve a call also where one alone is too large to be kept with others', () => {
    expect(buildsOf(['a', 'a', 'b', 'a'], 1)).toEqual({ a: 2, b: 1 });
  });
});
