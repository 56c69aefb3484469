import { runSeeds } from '../run-seeds.js';
import { mutations } from './index.js';

/** Each is found within the first few of these; see the README for how many find it. */
const SEEDS_MAX = 200;
const SLOW_MS = 300_000;

describe('the simulation', () => {
  it.each(mutations)(
    '[BX-002] finds a program that $name',
    async ({ sabotage }) => {
      const { failures } = await runSeeds({ firstSeed: 1, seeds: SEEDS_MAX, sabotage, failuresMax: 1 });
      expect(failures).toHaveLength(1);
    },
    SLOW_MS,
  );
});
