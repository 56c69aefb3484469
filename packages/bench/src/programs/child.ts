import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MESSAGE_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 30_000;

interface ChildOptions {
  environment: NodeJS.ProcessEnv;
  /** A file that takes its output; without it the output is this process's. */
  outputFile?: number;
  /** Arguments of Node itself. */
  nodeArguments?: string[];
}

/** A process that this one started; the only kind it ever ends. */
export class Child {
  private readonly process: ChildProcess;
  private readonly exited: Promise<unknown>;

  /** @param entry JavaScript file to run. */
  constructor(
    private readonly name: string,
    entry: URL,
    programArguments: string[],
    { environment, outputFile, nodeArguments = [] }: ChildOptions,
  ) {
    const output = outputFile ?? 'inherit';
    this.process = spawn(process.execPath, [...nodeArguments, fileURLToPath(entry), ...programArguments], {
      env: environment,
      stdio: ['ignore', output, output, 'ipc'],
      // Typed arrays cross as they are.
      serialization: 'advanced',
    });
    this.exited = once(this.process, 'exit');
    this.exited.catch(() => undefined);
  }

  get pid(): number {
    return this.process.pid!;
  }

  get hasExited(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  /** The next message. @throws Error when the process ends or stays silent instead. */
  async receive<T>(deadlineMs = MESSAGE_DEADLINE_MS): Promise<T> {
    const settled = new AbortController();
    try {
      return await Promise.race([
        once(this.process, 'message', { signal: settled.signal }).then(([message]) => message as T),
        this.exited.then(() => Promise.reject<T>(new Error(`${this.name} ended by itself`))),
        sleep(deadlineMs, undefined, { signal: settled.signal }).then(() =>
          Promise.reject<T>(new Error(`${this.name} did not answer within ${deadlineMs} ms`)),
        ),
      ]);
    } finally {
      settled.abort();
    }
  }

  /** Sends a message and waits for the next one back. */
  ask<T>(message: object, deadlineMs?: number): Promise<T> {
    const answer = this.receive<T>(deadlineMs);
    this.process.send(message);
    return answer;
  }

  /** Asks the process to end, and makes it after a while. */
  async stop(): Promise<void> {
    if (this.hasExited) return;
    this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), STOP_DEADLINE_MS);
    await this.exited.catch(() => undefined);
    clearTimeout(timer);
  }
}
