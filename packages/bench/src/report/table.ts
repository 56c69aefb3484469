import type { MoneySummary } from '../money/money-scenarios.js';
import type { PartSummary } from '../parts/part-scenarios.js';
import type { Books } from '../platform/platform.js';
import type { RoutingSummary } from '../routing/routing-scenarios.js';
import type { ScenarioSummary, SideSummary } from './summary.js';

const COLUMNS = ['', 'bare', 'platform', 'platform/bare', 'added'] as const;

/** The report for people. */
export function formatReport({ scenarios, books, money, routing, parts }: Reported): string {
  return [
    ...scenarios.map((scenario) => `${titleOf(scenario)}\n${formatTable([[...COLUMNS], ...rowsOf(scenario)])}`),
    ...(books ? [`Ledger = request log = ${books.answeredCalls} calls made.`] : []),
    ...money.map(
      (summary) => `${summary.name}: ${summary.what}\n${formatTable([[...MONEY_COLUMNS], ...moneyRowsOf(summary)])}`,
    ),
    ...routing.map(
      (summary) =>
        `${summary.name}: ${summary.what}\n${formatTable([[...ROUTING_COLUMNS], ...routingRowsOf(summary)])}`,
    ),
    ...parts.map(
      (summary) => `${summary.name}: ${summary.what}\n${formatTable([[...PART_COLUMNS], ...partRowsOf(summary)])}`,
    ),
  ].join('\n\n');
}

interface Reported {
  scenarios: readonly ScenarioSummary[];
  books: Books | null;
  money: readonly MoneySummary[];
  routing: readonly RoutingSummary[];
  parts: readonly PartSummary[];
}

const MONEY_COLUMNS = ['wallets', 'payers of a call', 'gateways', 'a second', 'of the target'] as const;

function moneyRowsOf({ rows, targetPerSecond }: MoneySummary): string[][] {
  return rows.map(({ wallets, depth, gateways, perSecond }) => [
    String(wallets),
    String(depth),
    String(gateways),
    perSecond.toFixed(0),
    (perSecond / targetPerSecond).toFixed(2),
  ]);
}

const ROUTING_COLUMNS = [
  'strategy',
  'groups',
  'deployments of each',
  'rules',
  'a second',
  'CPU, µs',
  'p99, µs',
] as const;

function routingRowsOf({ rows }: RoutingSummary): string[][] {
  return rows.map(({ strategy, groups, deployments, rules, perSecond, cpuMicroseconds, microsecondsP99 }) => [
    strategy,
    String(groups),
    String(deployments),
    String(rules),
    perSecond.toFixed(0),
    cpuMicroseconds.toFixed(2),
    microsecondsP99.toFixed(1),
  ]);
}

const PART_COLUMNS = ['', 'store', 'at once', 'a second', 'CPU, µs', 'p99, µs'] as const;

function partRowsOf({ rows }: PartSummary): string[][] {
  return rows.map(({ operation, store, atOnce, speed }) => [
    operation,
    store,
    String(atOnce),
    speed?.perSecond.toFixed(0) ?? 'not measured',
    speed?.cpuMicroseconds.toFixed(2) ?? '',
    speed?.microsecondsP99.toFixed(1) ?? '',
  ]);
}

function titleOf({ stream, pace, bare, platform }: ScenarioSummary): string {
  const kind = stream ? 'streams of 20 chunks' : 'plain answers';
  const how =
    pace.kind === 'closed'
      ? `${pace.connections} connections, full load`
      : `${pace.requestsPerSecond} a second, open loop`;
  return `${kind}, ${how} (${bare.requests} + ${platform.requests} calls)`;
}

function rowsOf({ stream, pace, bare, platform, throughputRatio }: ScenarioSummary): string[][] {
  const latency = (name: string, pick: (side: SideSummary) => number): string[] =>
    row(name, pick(bare), pick(platform), 3);
  const rows = [
    latency('latency p50, ms', (side) => side.latencyMs.p50),
    latency('latency p99, ms', (side) => side.latencyMs.p99),
  ];
  if (stream) {
    rows.push(
      latency('first token p50, ms', (side) => side.firstByteMs.p50),
      latency('first token p99, ms', (side) => side.firstByteMs.p99),
    );
  }
  if (pace.kind === 'closed') {
    const [name, bareFigure, platformFigure] = row('requests/s', bare.requestsPerSecond, platform.requestsPerSecond, 0);
    rows.unshift([name!, bareFigure!, platformFigure!, throughputRatio.toFixed(2), '']);
    rows.push(['settled after, ms', '', platform.settledAfterMs.toFixed(0), '', '']);
  }
  rows.push(
    row('CPU per request, ms', bare.cpuMsPerRequest, platform.cpuMsPerRequest, 3),
    row('… of its database, ms', null, platform.childrenCpuMsPerRequest, 3),
    row('RSS, MB', bare.rssMegabytes, platform.rssMegabytes, 0),
  );
  return rows;
}

function row(name: string, bare: number | null, platform: number | null, digits: number): string[] {
  const both = bare !== null && platform !== null;
  return [
    name,
    bare?.toFixed(digits) ?? '',
    platform?.toFixed(digits) ?? '',
    both ? (platform / bare).toFixed(2) : '',
    both ? (platform - bare).toFixed(digits) : '',
  ];
}

/** Columns under each other, figures to the right. */
function formatTable(rows: readonly string[][]): string {
  const widths = rows[0]!.map((_column, index) => Math.max(...rows.map((cells) => cells[index]!.length)));
  return rows
    .map(
      (cells) =>
        `  ${cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[index]!) : cell.padStart(widths[index]!))).join('   ')}`,
    )
    .join('\n');
}
