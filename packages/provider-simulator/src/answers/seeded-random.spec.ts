import { AnswerIds } from './answer-ids.js';
import { SeededRandom } from './seeded-random.js';

describe('seeded randomness', () => {
  it('repeats itself for a seed, differs between seeds, and stays within 0 and 1', () => {
    const draw = (seed: number): number[] => {
      const random = new SeededRandom(seed);
      return Array.from({ length: 1000 }, () => random.nextFraction());
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(7).every((value) => value >= 0 && value < 1)).toBe(true);
    const mean = draw(7).reduce((sum, value) => sum + value, 0) / 1000;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
  });

  it('makes ids that are unique within a run and the same in the next', () => {
    const make = (): string[] => {
      const ids = new AnswerIds(3);
      return Array.from({ length: 5000 }, () => ids.next());
    };
    expect(new Set(make()).size).toBe(5000);
    expect(make()).toEqual(make());
  });
});
