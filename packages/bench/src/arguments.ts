import { parseArgs } from 'node:util';
import { MONEY_SCENARIOS, type MoneyScenario } from './money/money-scenarios.js';
import { PART_SCENARIOS, type PartScenario } from './parts/part-scenarios.js';
import { ROUTING_SCENARIOS, type RoutingScenario } from './routing/routing-scenarios.js';
import { SCENARIOS, type Scenario } from './scenarios.js';

export interface BenchOptions {
  /** Of one measurement; each scenario has two a round. */
  durationMs: number;
  rounds: number;
  scenarios: readonly Scenario[];
  /** How fast money moves. */
  money: readonly MoneyScenario[];
  /** How fast it is decided where calls go. */
  routing: readonly RoutingScenario[];
  /** How fast limits and the response cache are. */
  parts: readonly PartScenario[];
  /** Where to write the report as JSON; null: nowhere. */
  jsonFile: string | null;
  /** Folder for a CPU profile of the platform; null: no profile. */
  profileDirectory: string | null;
}

export type Command = { kind: 'run'; options: BenchOptions } | { kind: 'help' } | { kind: 'refused'; problem: string };

const OPTIONS = {
  seconds: { type: 'string', default: '3' },
  rounds: { type: 'string', default: '3' },
  only: { type: 'string' },
  json: { type: 'string' },
  profile: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const NAMES: readonly string[] = [...SCENARIOS, ...MONEY_SCENARIOS, ...ROUTING_SCENARIOS, ...PART_SCENARIOS].map(
  ({ name }) => name,
);
const SECONDS_MAX = 120;
const ROUNDS_MAX = 50;

/** Reads the command line (without node and script). */
export function readArguments(argv: readonly string[]): Command {
  let values;
  try {
    ({ values } = parseArgs({ args: [...argv], options: OPTIONS, strict: true }));
  } catch (error) {
    return { kind: 'refused', problem: error instanceof Error ? error.message : String(error) };
  }
  if (values.help) return { kind: 'help' };
  const seconds = Number(values.seconds);
  const rounds = Number(values.rounds);
  if (!(seconds >= 0.1 && seconds <= SECONDS_MAX))
    return { kind: 'refused', problem: `--seconds must be from 0.1 to ${SECONDS_MAX}` };
  if (!(Number.isInteger(rounds) && rounds >= 1 && rounds <= ROUNDS_MAX)) {
    return { kind: 'refused', problem: `--rounds must be a whole number from 1 to ${ROUNDS_MAX}` };
  }
  const names = values.only?.split(',') ?? NAMES;
  const unknown = names.filter((name) => !NAMES.includes(name));
  if (unknown.length > 0) {
    return {
      kind: 'refused',
      problem: `--only knows ${NAMES.join(', ')}, not ${unknown.join(', ')}`,
    };
  }
  return {
    kind: 'run',
    options: {
      durationMs: seconds * 1_000,
      rounds,
      scenarios: SCENARIOS.filter(({ name }) => names.includes(name)),
      money: MONEY_SCENARIOS.filter(({ name }) => names.includes(name)),
      routing: ROUTING_SCENARIOS.filter(({ name }) => names.includes(name)),
      parts: PART_SCENARIOS.filter(({ name }) => names.includes(name)),
      jsonFile: values.json ?? null,
      profileDirectory: values.profile ?? null,
    },
  };
}

export const HELP = `Usage: npm run bench -- [options]

Measures the platform in standalone mode (authentication, reservation, pricing, spool, events, metrics and logs on)
against a bare Fastify + undici proxy, in turns, both in front of the provider simulator on this machine. Then how fast
money moves: reservations in a gateway, leases and settlements in the ledger, and how that grows with the books. Then
how fast a gateway decides where calls go, by every strategy, over up to ten thousand deployments, and what limits and the
response cache take of a call, in memory and over a Redis.

Options:
  --seconds <n>    length of one measurement (default ${OPTIONS.seconds.default}); with all scenarios a run takes about 75 times as long
  --rounds <n>     measurements of each side per scenario (default ${OPTIONS.rounds.default})
  --only <list>    scenarios: ${NAMES.join(', ')}
  --json <file>    write the report there, with commit, versions and machine
  --profile <dir>  write a CPU profile of the platform there and print its shares; slows the platform down
  -h, --help       this text

Exit status: 0 measured, 1 a call failed or the books do not agree, 2 wrong arguments.
`;
