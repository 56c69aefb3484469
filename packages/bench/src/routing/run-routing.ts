import { percentile } from '../statistics.js';
import type { Speed } from '../speed.js';
import type { RoutingScenario, RoutingSummary, RoutingWorld } from './routing-scenarios.js';
import { buildRouter, groupName, questionFor } from './routing-world.js';

const NOW_MS = 1_000_000;
/** Between two looks at the clock. */
const BATCH = 100;
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

function measureWorld(world: RoutingWorld, durationMs: number): Speed {
  const router = buildRouter(world, NOW_MS);
  const questions = Array.from({ length: world.groups }, (_, group) => questionFor(groupName(group), NOW_MS));
  let decided = 0;
  const decideFor = (limitMs: number): Float64Array => {
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
    return Float64Array.from(batchesMs).sort();
  };
  // Until compilers and the patterns of a thousand rules have settled.
  decideFor(durationMs);
  const before = process.cpuUsage();
  const batchesMs = decideFor(durationMs);
  const { user, system } = process.cpuUsage(before);
  const decisions = batchesMs.length * BATCH;
  return {
    perSecond: (decisions * 1_000) / batchesMs.reduce((sum, batchMs) => sum + batchMs, 0),
    cpuMicroseconds: (user + system) / decisions,
    microsecondsP99: (percentile(batchesMs, 0.99) * 1_000) / BATCH,
  };
}
