import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withDeadline } from '@ao/kernel';
import { guardProcess, waitFor } from '@ao/testing';
import { environment as ownEnvironment } from '../config.js';

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** What a program needs of the machine; nothing else of the tests' environment may reach the platform. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'LANG', 'LD_LIBRARY_PATH'];
const STOP_TIMEOUT_MS = 30_000;

/** The built entry points that the tests run. */
export const entries = {
  standalone: builtEntry('../../dist/main.js'),
  cluster: builtEntry('../../dist/cluster.js'),
  gateway: builtEntry('../../../gateway/dist/main.js'),
  wallet: builtEntry('../../../wallet/dist/main.js'),
} as const;

/** A program as a real process, leader of a group of its own, so that nothing it started can outlive the tests. */
export class Program {
  stdout = '';
  stderr = '';
  readonly exited: Promise<Exit>;
  private readonly child: ChildProcess;

  /** @throws Error when the entry was not built. */
  constructor(entry: string, environment: Readonly<Record<string, string>>) {
    if (!existsSync(entry)) throw new Error(`${entry} is not built: run npm run build first`);
    this.child = spawn(process.execPath, ['--enable-source-maps', entry], {
      env: { ...inherited(), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    const release = guardProcess(-this.pid);
    // `close` comes when its output is complete; a child of a killed program may hold that open.
    this.exited = new Promise((resolve) => {
      this.child.once('exit', (code, signal) => {
        release();
        setImmediate(() => resolve({ code, signal }));
      });
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Log lines so far: what of the output is JSON. */
  get logs(): Record<string, unknown>[] {
    return this.stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [parseLine(line)] : []));
  }

  /** @throws Error with all that the program said, when it ends or stays silent. */
  async waitForOutput(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray> {
    const found = await waitFor(() => !this.running || pattern.exec(this.stdout), {
      timeoutMs,
      intervalMs: 5,
      description: String(pattern),
    }).catch(() => true as const);
    if (found !== true) return found;
    throw new Error(`the program did not say ${pattern}:\n${this.stderr}\n${this.stdout.slice(-8_000)}`);
  }

  /**
   * SIGTERM, and its exit. What does not stop in time is killed with all that it started.
   * @throws Error when it had ended before.
   */
  async stop(): Promise<Exit> {
    if (!this.running)
      throw new Error(`the program had ended by itself:\n${this.stderr}\n${this.stdout.slice(-4_000)}`);
    this.child.kill('SIGTERM');
    try {
      return await withDeadline(this.exited, STOP_TIMEOUT_MS, () => new Error('it did not stop on SIGTERM'));
    } finally {
      this.destroy();
    }
  }

  /** As a power cut: SIGKILL, for this process alone. */
  async kill(): Promise<Exit> {
    this.child.kill('SIGKILL');
    return this.exited;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Ends whatever is left of the process group. */
  destroy(): void {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // Nothing is left.
    }
  }
}

function builtEntry(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

function inherited(): Record<string, string> {
  const own = ownEnvironment();
  return Object.fromEntries(INHERITED.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]])));
}

function parseLine(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return { unreadable: line };
  }
}
