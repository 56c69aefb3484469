import { Places } from './places.js';

describe('places', () => {
  it('are taken by no more than there are, in the order of asking, and given back by those that fail', async () => {
    const places = new Places(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const work = (index: number) =>
      places.take(async () => {
        begun.push(index);
        await new Promise<void>((resolve) => ends.push(resolve));
        if (index === 0) throw new Error('failed');
      });
    const all = [0, 1, 2, 3].map(work);
    await Promise.resolve();
    expect(begun).toEqual([0, 1]);
    ends[0]!();
    await expect(all[0]).rejects.toThrow('failed');
    expect(begun).toEqual([0, 1, 2]);
    ends[1]!();
    await all[1];
    expect(begun).toEqual([0, 1, 2, 3]);
    ends[2]!();
    ends[3]!();
    await Promise.all(all.slice(2));
  });
});
