import { measureRouting } from './run-routing.js';
import { ROUTING_SCENARIOS } from './routing-scenarios.js';

describe('the benchmark of routing', () => {
  it.each(ROUTING_SCENARIOS)('measures $name over every world it names', (scenario) => {
    const told: string[] = [];
    const { rows } = measureRouting(scenario, 1, (line) => told.push(line));
    expect(rows).toHaveLength(scenario.worlds.length);
    expect(told).toHaveLength(scenario.worlds.length);
    for (const { perSecond, microsecondsP99 } of rows) {
      expect(perSecond).toBeGreaterThan(0);
      expect(microsecondsP99).toBeGreaterThan(0);
    }
  });
});
