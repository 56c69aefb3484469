import type { Measurement, Round } from '../measure.js';
import type { Scenario } from '../scenarios.js';
import { median, percentile, sortedTogether } from '../statistics.js';

/** The figures of one side over all rounds; medians of rounds, percentiles over all answers. */
export interface SideSummary {
  requests: number;
  requestsPerSecond: number;
  latencyMs: Percentiles;
  firstByteMs: Percentiles;
  cpuMsPerRequest: number | null;
  childrenCpuMsPerRequest: number | null;
  rssMegabytes: number | null;
  settledAfterMs: number;
}

interface Percentiles {
  p50: number;
  p99: number;
}

/** A scenario as it is reported. */
export interface ScenarioSummary {
  name: string;
  stream: boolean;
  pace: Scenario['pace'];
  bare: SideSummary;
  platform: SideSummary;
  /** Platform to bare, the median of the rounds' own ratios, with each of them. */
  throughputRatio: number;
  throughputRatios: number[];
  /** Platform minus bare. */
  addedLatencyMs: Percentiles;
  addedFirstByteMs: Percentiles;
}

export function summarise(scenario: Scenario, rounds: readonly Round[]): ScenarioSummary {
  const bare = summariseSide(rounds.map((round) => round.bare));
  const platform = summariseSide(rounds.map((round) => round.platform));
  const ratios = rounds.map((round) => round.platform.requestsPerSecond / round.bare.requestsPerSecond);
  return {
    name: scenario.name,
    stream: scenario.stream,
    pace: scenario.pace,
    bare,
    platform,
    throughputRatio: median(ratios),
    throughputRatios: ratios,
    addedLatencyMs: minus(platform.latencyMs, bare.latencyMs),
    addedFirstByteMs: minus(platform.firstByteMs, bare.firstByteMs),
  };
}

function summariseSide(measurements: readonly Measurement[]): SideSummary {
  const latencies = sortedTogether(measurements.map(({ load }) => load.latenciesMs));
  const firstBytes = sortedTogether(measurements.map(({ load }) => load.firstBytesMs));
  const middle = (pick: (measurement: Measurement) => number | null): number | null => {
    const known = measurements.map(pick).filter((value) => value !== null);
    return known.length > 0 ? median(known) : null;
  };
  const rssBytes = middle((measurement) => measurement.rssBytes);
  return {
    requests: latencies.length,
    requestsPerSecond: median(measurements.map((measurement) => measurement.requestsPerSecond)),
    latencyMs: percentilesOf(latencies),
    firstByteMs: percentilesOf(firstBytes),
    cpuMsPerRequest: middle((measurement) => measurement.cpuMsPerRequest),
    childrenCpuMsPerRequest: middle((measurement) => measurement.childrenCpuMsPerRequest),
    rssMegabytes: rssBytes === null ? null : rssBytes / 1_048_576,
    settledAfterMs: median(measurements.map((measurement) => measurement.settledAfterMs)),
  };
}

const percentilesOf = (sorted: Float64Array): Percentiles => ({
  p50: percentile(sorted, 0.5),
  p99: percentile(sorted, 0.99),
});
const minus = (a: Percentiles, b: Percentiles): Percentiles => ({ p50: a.p50 - b.p50, p99: a.p99 - b.p99 });
