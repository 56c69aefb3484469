import { startSimulator, type SimulatorOptions } from '../start-simulator.js';
import { helpText, readArguments } from './arguments.js';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use; choose another with --port, or 0 for a free one',
  EACCES: 'no right to listen there; choose a --port above 1023',
  EADDRNOTAVAIL: 'this machine does not have that address; choose another --host',
  ENOTFOUND: 'the name of --host has no address',
};

function fail(message: string, exitCode: number): void {
  process.stderr.write(`ao-provider-simulator: ${message}\n`);
  process.exitCode = exitCode;
}

async function start(options: SimulatorOptions): Promise<void> {
  try {
    const simulator = await startSimulator(options);
    process.stdout.write(`Provider simulator ready on ${simulator.url}\n`);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.stop());
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    fail(
      `could not listen on ${options.host}:${options.port}: ${ADVICE[code] ?? (code || String(error))}`,
      EXIT_FAILED,
    );
  }
}

const command = readArguments(process.argv.slice(2));
if (command.kind === 'help') process.stdout.write(helpText());
else if (command.kind === 'start') await start(command.options);
else fail(`${command.problems.join('\n  ')}\nTry --help.`, EXIT_USAGE);
