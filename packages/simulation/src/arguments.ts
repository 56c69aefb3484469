import { parseArgs } from 'node:util';

export interface SimulateOptions {
  /** The first seed; the others follow it. */
  firstSeed: number;
  seeds: number;
  /** Tell all that happens: for one seed. */
  trace: boolean;
  /** Where to write the outcome as JSON; null: nowhere. */
  jsonFile: string | null;
}

export type Command =
  { kind: 'run'; options: SimulateOptions } | { kind: 'help' } | { kind: 'refused'; problem: string };

const OPTIONS = {
  seeds: { type: 'string' },
  from: { type: 'string', default: '1' },
  seed: { type: 'string' },
  json: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const SEEDS_DEFAULT = 2_000;
const SEEDS_MAX = 100_000_000;
const SEED_MAX = 0xffff_ffff;

/** Reads the command line (without node and script). */
export function readArguments(argv: readonly string[]): Command {
  let values;
  try {
    ({ values } = parseArgs({ args: [...argv], options: OPTIONS, strict: true }));
  } catch (error) {
    return { kind: 'refused', problem: error instanceof Error ? error.message : String(error) };
  }
  if (values.help) return { kind: 'help' };
  if (values.seed !== undefined && values.seeds !== undefined) {
    return { kind: 'refused', problem: '--seed replays one seed, --seeds runs many: give one of them' };
  }
  const isReplay = values.seed !== undefined;
  const firstSeed = wholeNumber(values.seed ?? values.from, 0, SEED_MAX);
  const seeds = wholeNumber(values.seeds ?? (isReplay ? '1' : String(SEEDS_DEFAULT)), 1, SEEDS_MAX);
  if (firstSeed === null) return refused(isReplay ? '--seed' : '--from', 0, SEED_MAX);
  if (seeds === null) return refused('--seeds', 1, SEEDS_MAX);
  return { kind: 'run', options: { firstSeed, seeds, trace: isReplay, jsonFile: values.json ?? null } };
}

function wholeNumber(text: string, min: number, max: number): number | null {
  const value = Number(text);
  return text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max ? value : null;
}

const refused = (option: string, min: number, max: number): Command => ({
  kind: 'refused',
  problem: `${option} must be a whole number from ${min} to ${max}`,
});

export const HELP = `Usage: npm run simulate -- [options]

Runs the money path (gateways, wallet, metering) in a world of virtual time in which messages are lost, repeated and
reordered and processes die, and checks after each step and each run that no money was lost, made or spent twice.

Options:
  --seeds <n>    how many worlds (default ${SEEDS_DEFAULT}); a seed decides everything in its world
  --from <seed>  the first seed (default ${OPTIONS.from.default})
  --seed <seed>  replays one seed and prints all that happens in it
  --json <file>  write the outcome there
  -h, --help     this text

Exit status: 0 all promises held, 1 one was broken, 2 wrong arguments.
`;
