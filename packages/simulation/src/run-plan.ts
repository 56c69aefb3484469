import { checkEnd } from './checks/final-checks.js';
import type { Violation } from './checks/violation.js';
import { Trace } from './engine/trace.js';
import { HONEST, type Sabotage } from './mutations/sabotage.js';
import type { Plan } from './plan/plan.js';
import { Director } from './world/director.js';
import { World } from './world/world.js';

export interface RunResult {
  seed: number;
  violations: Violation[];
  /** Equal for two runs in which the same happened. */
  digest: string;
  calls: number;
  answered: number;
  refused: number;
  events: number;
  /** What happened, line by line, when that was asked for. */
  trace: string[];
}

interface RunOptions {
  trace?: boolean;
  sabotage?: Sabotage;
}

/** Lives through one plan, and gives what was wrong in it. Runs of one plan are equal in every step. */
export async function runPlan(
  plan: Plan,
  { trace: isKept = false, sabotage = HONEST }: RunOptions = {},
): Promise<RunResult> {
  const trace = new Trace(isKept, plan.startsAtMs);
  const world = new World(plan, trace, sabotage);
  try {
    await new Director(world).run();
    await checkEnd(world);
  } catch (error) {
    world.witness.fault(error);
  }
  const calls = world.book.all;
  return {
    seed: plan.seed,
    violations: world.witness.violations,
    digest: trace.digest,
    calls: calls.length,
    answered: calls.filter(({ report }) => report?.status === 200).length,
    refused: calls.filter(({ refusal }) => refusal === 'wallet_exhausted' || refusal === 'budget_exceeded').length,
    events: world.scheduler.eventCount,
    trace: trace.lines,
  };
}
