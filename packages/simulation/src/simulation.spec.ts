import { drawPlan } from './plan/draw-plan.js';
import { runPlan } from './run-plan.js';
import { runSeeds, type Failure } from './run-seeds.js';

const SEEDS = 2_000;
const PARTS = 8;
/** A busy machine is slow, not wrong. */
const SLOW_MS = 600_000;

const described = (failures: readonly Failure[]): string[] =>
  failures.flatMap(({ seed, violations }) => violations.map(({ law, detail }) => `seed ${seed}: ${law}: ${detail}`));

describe('the money path, with everything going wrong', () => {
  it.each(Array.from({ length: PARTS }, (_, part) => 1 + (part * SEEDS) / PARTS))(
    '[BX-001] [BX-002] [WL-001] [WL-003] [WL-007] [WL-008] [WL-010] loses, makes and refuses no money, and settles every call once: 250 worlds from seed %i',
    async (firstSeed) => {
      const { seeds, failures, answered, refused } = await runSeeds({ firstSeed, seeds: SEEDS / PARTS });
      expect(described(failures)).toEqual([]);
      expect(seeds).toBe(SEEDS / PARTS);
      // A world in which nobody calls proves nothing.
      expect(answered).toBeGreaterThan(5 * seeds);
      expect(refused).toBeGreaterThan(seeds);
    },
    SLOW_MS,
  );
});

describe('a run', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('of seed %i is the same every time, in every step', async (seed) => {
    const [first, second] = [await runPlan(drawPlan(seed)), await runPlan(drawPlan(seed), { trace: true })];
    expect(second).toEqual({ ...first, trace: second.trace });
    expect(second.trace.length).toBeGreaterThan(100);
  });

  it('differs from seed to seed', async () => {
    const digests = await Promise.all([11, 12, 13, 14].map(async (seed) => (await runPlan(drawPlan(seed))).digest));
    expect(new Set(digests).size).toBe(4);
  });
});
