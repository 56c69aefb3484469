import { percentile } from '../statistics.js';
import type { RoutingScenario, RoutingSummary, RoutingWorld } from './routing-scenarios.js';
import { buildRouter, groupName, questionFor } from './routing-world.js';

const NOW_MS = 1_000_000;
/** Between two looks at the clock. */
const BATCH = 100;
const WARM_UP_MS = 200;
const NOTHING_TRIED: ReadonlySet<string> = new Set();

/** Measures how fast a gateway decides where calls go. */
export function measureRouting(
  { name, what, worlds }: RoutingScenario,
  durationMs: number,
  tell: (line: string) => void,
): RoutingSummary {
  const rows = worlds.map((world) => {
    tell(`measuring ${name}: ${world.groups} groups of ${world.deployments}, ${world.rules} rules, ${world.strategy}`);
    return { ...world, ...measureWorld(world, durationMs) };
  });
  return { name, what, rows };
}

function measureWorld(world: RoutingWorld, durationMs: number): { perSecond: number; microsecondsP99: number } {
  const router = buildRouter(world, NOW_MS);
  const questions = Array.from({ length: world.groups }, (_, group) => questionFor(groupName(group), NOW_MS));
  let decided = 0;
  const decideFor = (limitMs: number): number[] => {
    const batchesMs: number[] = [];
    const startedMs = performance.now();
    for (let nowMs = startedMs; nowMs - startedMs < limitMs || batchesMs.length === 0;) {
      for (let index = 0; index < BATCH; index += 1) {
        const question = questions[(decided += 1) % questions.length]!;
        if (!router.choose(question, router.resolve(question), NOTHING_TRIED).picked)
          throw new Error('nothing was picked');
      }
      const endedMs = performance.now();
      batchesMs.push(endedMs - nowMs);
      nowMs = endedMs;
    }
    return batchesMs;
  };
  decideFor(WARM_UP_MS);
  const batchesMs = Float64Array.from(decideFor(durationMs)).sort();
  const totalMs = batchesMs.reduce((sum, batchMs) => sum + batchMs, 0);
  return {
    perSecond: (batchesMs.length * BATCH * 1_000) / totalMs,
    microsecondsP99: (percentile(batchesMs, 0.99) * 1_000) / BATCH,
  };
}
