import type { LoadJob, LoadResult } from './load/job.js';
import type { MeasuredPlatform } from './platform/platform.js';
import { requestBody } from './platform/model.js';
import type { Child } from './programs/child.js';
import { readProcessFigures } from './programs/process-figures.js';
import { endingOf, type Scenario } from './scenarios.js';

/** The two sides of the comparison and what drives them. */
export interface Stage {
  bare: { url: string; process: Child };
  platform: MeasuredPlatform;
  load: Child;
}

/** One measurement of one side. */
export interface Measurement {
  load: LoadResult;
  requestsPerSecond: number;
  /** Of the measured process, from the first request until all its work was done; null where it cannot be read. */
  cpuMsPerRequest: number | null;
  childrenCpuMsPerRequest: number | null;
  rssBytes: number | null;
  /** How long the ledger took to hold the last call, after its answer; 0 for the bare proxy. */
  settledAfterMs: number;
}

/** Beyond its time, the load generator may wait for late answers. */
const LOAD_GRACE_MS = 60_000;

/** Measures a scenario on one side. @throws Error when an answer was not whole or not a 2xx. */
export async function measure(
  stage: Stage,
  side: 'bare' | 'platform',
  scenario: Scenario,
  durationMs: number,
): Promise<Measurement> {
  const { bare, platform, load } = stage;
  const measured = side === 'bare' ? bare.process : platform.process;
  const before = await readProcessFigures(measured.pid);
  const call = side === 'bare' ? { ...platform.call, origin: bare.url } : platform.call;
  const job: LoadJob = {
    ...call,
    body: requestBody(scenario.stream),
    durationMs,
    ending: endingOf(scenario),
    pace: scenario.pace,
  };
  const result = await load.ask<LoadResult>(job, durationMs + LOAD_GRACE_MS);
  if (result.failed > 0) {
    const { failed, answered, failures } = result;
    const reasons = Object.entries(failures).map(([reason, count]) => `${count} × ${reason}`);
    throw new Error(
      `${scenario.name} on ${side}: ${failed} of ${failed + answered} calls failed: ${reasons.join('; ')} (${platform.describe()})`,
    );
  }
  const loaded = await readProcessFigures(measured.pid);
  let settledAfterMs = 0;
  if (side === 'platform') {
    platform.count(result.answered);
    settledAfterMs = await platform.untilSettled();
  }
  const after = await readProcessFigures(measured.pid);
  const perRequest = (figure: 'cpuMs' | 'childrenCpuMs'): number | null =>
    before && after && (after[figure] - before[figure]) / result.answered;
  return {
    load: result,
    requestsPerSecond: (result.answered * 1_000) / result.durationMs,
    cpuMsPerRequest: perRequest('cpuMs'),
    childrenCpuMsPerRequest: perRequest('childrenCpuMs'),
    rssBytes: loaded?.rssBytes ?? null,
    settledAfterMs,
  };
}

/** Measures both sides in turn, the first one changing from round to round: what drifts falls on both alike. */
export async function measureRounds(
  stage: Stage,
  scenario: Scenario,
  rounds: number,
  durationMs: number,
): Promise<Round[]> {
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const bareFirst = round % 2 === 0;
    const first = await measure(stage, bareFirst ? 'bare' : 'platform', scenario, durationMs);
    const second = await measure(stage, bareFirst ? 'platform' : 'bare', scenario, durationMs);
    measured.push(bareFirst ? { bare: first, platform: second } : { bare: second, platform: first });
  }
  return measured;
}

export interface Round {
  bare: Measurement;
  platform: Measurement;
}
