import type { BenchOptions } from './arguments.js';
import { plainEnvironment } from './config.js';
import { measure, measureRounds, type Stage } from './measure.js';
import type { MoneySummary } from './money/money-scenarios.js';
import { measureMoney } from './money/run-money.js';
import { ANSWER_DIRECTIVES } from './platform/model.js';
import { MeasuredPlatform, type Books } from './platform/platform.js';
import type { PartSummary } from './parts/part-scenarios.js';
import { measureParts } from './parts/run-parts.js';
import { Child } from './programs/child.js';
import { readCircumstances, type Circumstances } from './report/machine.js';
import type { RoutingSummary } from './routing/routing-scenarios.js';
import { measureRouting } from './routing/run-routing.js';
import { summarise, type ScenarioSummary } from './report/summary.js';

export interface BenchReport extends Circumstances {
  secondsPerMeasurement: number;
  rounds: number;
  scenarios: ScenarioSummary[];
  /** Null when no call was made. */
  books: Books | null;
  money: MoneySummary[];
  routing: RoutingSummary[];
  parts: PartSummary[];
}

/** Compilers and pools have settled after this. */
const WARM_UP_MS = 3_000;

/**
 * Starts everything, measures, checks the books, and ends everything it started.
 * @param tell Says what is being done.
 * @throws Error when a call failed or the books do not agree.
 */
export async function runBench(options: BenchOptions, tell: (line: string) => void): Promise<BenchReport> {
  const circumstances = await readCircumstances(Date.now());
  const calls = options.scenarios.length > 0 ? await measureCalls(options, tell) : { scenarios: [], books: null };
  const money: MoneySummary[] = [];
  for (const scenario of options.money) money.push(await measureMoney(scenario, options.durationMs, tell));
  const routing = options.routing.map((scenario) => measureRouting(scenario, options.durationMs, tell));
  const parts = await measureParts(options.parts, options.durationMs, tell);
  return {
    ...circumstances,
    secondsPerMeasurement: options.durationMs / 1_000,
    rounds: options.rounds,
    ...calls,
    money,
    routing,
    parts,
  };
}

async function measureCalls(
  options: BenchOptions,
  tell: (line: string) => void,
): Promise<Pick<BenchReport, 'scenarios' | 'books'>> {
  const started: { stop(): Promise<void> }[] = [];
  const keep = <T extends { stop(): Promise<void> }>(one: T): T => (started.push(one), one);
  const stopAll = async (): Promise<void> => {
    for (const one of started.splice(0).toReversed()) await one.stop();
  };
  try {
    tell('starting the simulator, the bare proxy, the platform and the load generator');
    const stage = await startStage(options, keep);
    const scenarios: ScenarioSummary[] = [];
    for (const scenario of options.scenarios) {
      tell(`measuring ${scenario.name}`);
      await measure(stage, 'bare', scenario, WARM_UP_MS);
      await measure(stage, 'platform', scenario, WARM_UP_MS);
      scenarios.push(summarise(scenario, await measureRounds(stage, scenario, options.rounds, options.durationMs)));
    }
    tell('comparing the ledger with the request log');
    return { scenarios, books: await stage.platform.checkBooks() };
  } finally {
    await stopAll();
  }
}

async function startStage(
  { profileDirectory }: BenchOptions,
  keep: <T extends { stop(): Promise<void> }>(one: T) => T,
): Promise<Stage> {
  const start = (name: string, file: string, programArguments: string[]): Child =>
    keep(new Child(name, new URL(file, import.meta.url), programArguments, { environment: plainEnvironment() }));
  const upstreamUrl = await start('the simulator', './programs/simulator.main.js', [
    ANSWER_DIRECTIVES,
  ]).receive<string>();
  const bare = start('the bare proxy', './programs/bare-proxy.main.js', [upstreamUrl]);
  const bareUrl = await bare.receive<string>();
  const load = start('the load generator', './load/main.js', []);
  await load.receive<string>();
  const profiling = profileDirectory === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDirectory}`];
  const platform = keep(await MeasuredPlatform.start(upstreamUrl, profiling));
  return { bare: { url: bareUrl, process: bare }, platform, load };
}
