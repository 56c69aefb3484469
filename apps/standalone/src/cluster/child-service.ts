import { spawn, type ChildProcess } from 'node:child_process';
import { sleep, type Logger } from '@ao/kernel';

interface ChildServiceOptions {
  name: string;
  entry: string;
  environment: NodeJS.ProcessEnv;
  host: string;
  port: number;
  logger: Logger;
}

const RESTART_DELAY_MS_FIRST = 500;
const RESTART_DELAY_MS_MAX = 15_000;
const STOP_DEADLINE_MS = 30_000;
const READY_DEADLINE_MS = 60_000;
const PROBE_EVERY_MS = 100;
const PROBE_DEADLINE_MS = 2_000;

/** One service as a process of its own: started, watched, started again when it dies, stopped in order. */
export class ChildService {
  private child: ChildProcess | null = null;
  private exited: Promise<void> = Promise.resolve();
  private stopping = false;
  /** Whether it has ever answered; one that ends before that is not started again. */
  private state: 'starting' | 'answered' | 'failed' = 'starting';
  private restartDelayMs = RESTART_DELAY_MS_FIRST;

  constructor(private readonly options: ChildServiceOptions) {}

  get name(): string {
    return this.options.name;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  start(): void {
    const { entry, environment, host, port, name, logger } = this.options;
    const child = spawn(process.execPath, ['--enable-source-maps', entry], {
      env: { ...environment, HOST: host, PORT: String(port) },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    this.child = child;
    logger.info({ child: name, pid: child.pid, port }, 'service started');
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        resolve();
        if (this.stopping) return;
        if (this.state === 'starting') {
          this.state = 'failed';
          return;
        }
        logger.error(
          { child: name, code, signal, restartInMs: this.restartDelayMs },
          'a service ended and is started again',
        );
        void this.restart();
      });
      child.once('error', (error) => logger.error({ child: name, err: error }, 'a service could not be started'));
    });
  }

  /** Resolves once the service answers; false when it does not in time, or ended before it ever did. */
  async waitUntilReady(): Promise<boolean> {
    const { host, port } = this.options;
    const deadlineMs = performance.now() + READY_DEADLINE_MS;
    while (performance.now() < deadlineMs && !this.stopping) {
      // It has said why, and would say so again.
      if (this.state === 'failed') return false;
      const answer = await fetch(`http://${host}:${port}/live`, {
        signal: AbortSignal.timeout(PROBE_DEADLINE_MS),
      }).catch(() => null);
      await answer?.body?.cancel();
      if (answer?.ok) {
        this.state = 'answered';
        return true;
      }
      await sleep(PROBE_EVERY_MS);
    }
    return false;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.child?.kill('SIGTERM');
    const overdue = setTimeout(() => this.child?.kill('SIGKILL'), STOP_DEADLINE_MS);
    await this.exited;
    clearTimeout(overdue);
  }

  private async restart(): Promise<void> {
    await sleep(this.restartDelayMs);
    this.restartDelayMs = Math.min(this.restartDelayMs * 2, RESTART_DELAY_MS_MAX);
    if (!this.stopping) this.start();
  }
}
