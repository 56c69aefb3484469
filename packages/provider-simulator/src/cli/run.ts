import { startSimulator, type Simulator, type SimulatorOptions } from '../start-simulator.js';
import { helpText, readArguments } from './arguments.js';

/** What the command needs of its process. */
export interface Terminal {
  out(text: string): void;
  error(text: string): void;
  /** Resolves when the user or the system asks the command to stop. */
  readonly stopRequested: Promise<void>;
}

const EXIT_OK = 0;
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use; choose another with --port, or 0 for a free one',
  EACCES: 'no right to listen there; choose a --port above 1023',
  EADDRNOTAVAIL: 'this machine does not have that address; choose another --host',
  ENOTFOUND: 'the name of --host has no address',
};

/** Runs the command with its arguments (without node and script) until asked to stop; gives the exit status. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const command = readArguments(argv);
  if (command.kind === 'help') {
    terminal.out(helpText());
    return EXIT_OK;
  }
  if (command.kind === 'refused') {
    terminal.error(`ao-provider-simulator: ${command.problems.join('\n  ')}\nTry --help.\n`);
    return EXIT_USAGE;
  }
  const simulator = await listen(command.options, terminal);
  if (simulator === undefined) return EXIT_FAILED;
  terminal.out(`Provider simulator ready on ${simulator.url}\n`);
  await terminal.stopRequested;
  await simulator.stop();
  return EXIT_OK;
}

async function listen(options: SimulatorOptions, terminal: Terminal): Promise<Simulator | undefined> {
  try {
    return await startSimulator(options);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const reason = ADVICE[code] ?? (code || String(error));
    terminal.error(`ao-provider-simulator: could not listen on ${options.host}:${options.port}: ${reason}\n`);
    return undefined;
  }
}
