import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '@ao/database';
import { withDeadline } from '@ao/kernel';
import { guardProcess } from './guardian.js';
import { waitFor } from './wait-for.js';

/** A real server, started for tests. */
export interface RealServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Asks it to stop, kills it after three seconds. Does nothing when it is gone already. */
  stop(): Promise<void>;
  /** SIGKILL, as a power cut would: for fault tests. Resolves when it is dead. */
  kill(): Promise<void>;
}

export interface RealServerOptions {
  program: string;
  arguments: string[];
  url: string;
  port: number;
  /** What it prints once it serves. Asking its port instead could reach someone else's server. */
  readyLine: RegExp;
}

const READY_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 3_000;
const OUTPUT_LENGTH_MAX = 2_000;

const PORT_ATTEMPTS_MAX = 3;

/** On the port wanted, or on a free one; that one may be taken by someone else meanwhile, so a start is tried again. */
export async function onPort(
  wanted: number | undefined,
  start: (port: number) => Promise<RealServer>,
): Promise<RealServer> {
  if (wanted !== undefined) return start(wanted);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (attempt === PORT_ATTEMPTS_MAX) throw error;
    }
  }
}

export async function startRealServer(options: RealServerOptions): Promise<RealServer> {
  const child = spawn(options.program, options.arguments, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  const collect = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-OUTPUT_LENGTH_MAX));
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  await once(child, 'spawn');
  const release = guardProcess(child.pid!);
  const exited = once(child, 'exit').then(release);
  try {
    await waitFor(() => child.exitCode !== null || options.readyLine.test(output), {
      timeoutMs: READY_TIMEOUT_MS,
      description: `${options.program} to be ready`,
    });
    if (child.exitCode !== null) throw new Error('it exited');
  } catch (error) {
    await end(child, 'SIGKILL', exited);
    throw new Error(`${options.program} did not start:\n${output}`, { cause: error });
  }
  return {
    url: options.url,
    port: options.port,
    pid: child.pid!,
    stop: () => end(child, 'SIGTERM', exited),
    kill: () => end(child, 'SIGKILL', exited),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals, exited: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await withDeadline(exited, STOP_TIMEOUT_MS, () => new Error('late')).catch(() => child.kill('SIGKILL'));
  await exited;
}
