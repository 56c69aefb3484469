import { writeFile } from 'node:fs/promises';
import { HELP, readArguments, type SimulateOptions } from './arguments.js';
import { drawPlan } from './plan/draw-plan.js';
import { runPlan } from './run-plan.js';
import { runSeeds, type Failure, type Summary } from './run-seeds.js';

const PROGRESS_EVERY_MS = 5_000;
const FAILURES_MAX = 20;

const command = readArguments(process.argv.slice(2));
if (command.kind === 'help') {
  process.stdout.write(HELP);
} else if (command.kind === 'refused') {
  process.stderr.write(`simulate: ${command.problem}\nTry --help.\n`);
  process.exitCode = 2;
} else {
  const { options } = command;
  const outcome = options.trace ? await replay(options.firstSeed) : await runMany(options);
  if (options.jsonFile !== null) await writeFile(options.jsonFile, `${JSON.stringify(outcome, null, 2)}\n`);
  if (outcome.failures.length > 0) process.exitCode = 1;
}

async function replay(seed: number): Promise<{ failures: Failure[] }> {
  const { trace, violations, digest } = await runPlan(drawPlan(seed), { trace: true });
  process.stdout.write(`${trace.join('\n')}\n\nSeed ${seed}, digest ${digest}.\n`);
  const failures = violations.length > 0 ? [{ seed, violations }] : [];
  process.stdout.write(failures.length > 0 ? failures.map(describeFailure).join('\n') : 'All promises held.\n');
  return { failures };
}

async function runMany({ firstSeed, seeds }: SimulateOptions): Promise<Summary> {
  const startedMs = performance.now();
  let toldMs = startedMs;
  const tell = (summary: Summary): void => {
    if (performance.now() - toldMs < PROGRESS_EVERY_MS) return;
    toldMs = performance.now();
    process.stderr.write(`simulate: ${summary.seeds} of ${seeds} seeds, ${summary.failures.length} failed\n`);
  };
  const summary = await runSeeds({ firstSeed, seeds, failuresMax: FAILURES_MAX, onProgress: tell });
  const seconds = (performance.now() - startedMs) / 1_000;
  process.stdout.write(
    `${summary.seeds} seeds, ${summary.calls} calls (${summary.answered} answered, ${summary.refused} refused), ` +
      `${summary.events} events in ${seconds.toFixed(1)} s\n`,
  );
  process.stdout.write(
    summary.failures.length > 0 ? summary.failures.map(describeFailure).join('\n') : 'All promises held.\n',
  );
  return summary;
}

function describeFailure({ seed, violations }: Failure): string {
  const lines = violations.map(({ law, detail, atMs }) => `  ${(atMs / 1_000).toFixed(3)} s  ${law}: ${detail}`);
  return `Seed ${seed} broke a promise (npm run simulate -- --seed ${seed}):\n${lines.join('\n')}\n`;
}
