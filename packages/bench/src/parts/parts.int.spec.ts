import { measureParts } from './run-parts.js';
import { PART_SCENARIOS } from './part-scenarios.js';

const SLOW_MS = 120_000;

describe('the benchmark of limits and cache', () => {
  it.each(PART_SCENARIOS)(
    'measures each operation of $name in memory and over Redis',
    async (scenario) => {
      const told: string[] = [];
      const [summary] = await measureParts([scenario], 20, (line) => told.push(line));
      expect(summary!.rows).toHaveLength(scenario.operations.flatMap(({ on }) => on).length);
      expect(told).toHaveLength(summary!.rows.length);
      for (const { speed } of summary!.rows) {
        expect(speed!.perSecond).toBeGreaterThan(0);
        expect(speed!.cpuMicroseconds).toBeGreaterThan(0);
        expect(speed!.microsecondsP99).toBeGreaterThan(0);
      }
    },
    SLOW_MS,
  );
});
