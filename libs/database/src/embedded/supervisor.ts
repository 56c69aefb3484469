import { sleep, type Logger } from '@ao/kernel';
import { freePort } from './free-port.js';
import { StartAgain, startPostmaster, type Postmaster, type PostmasterOptions } from './postmaster.js';
import { clusterInUse, settlePredecessor } from './settle-predecessor.js';
import { stopPostmaster } from './stop-process.js';

const START_ATTEMPTS_MAX = 50;
const START_AGAIN_AFTER_MS = 100;
const RESTART_BACKOFF_FIRST_MS = 100;
const RESTART_BACKOFF_MAX_MS = 10_000;

/** Keeps one server running on one port from `start` to `stop`. */
export class PostgresSupervisor {
  private current: Postmaster | undefined;
  private readonly stopping = new AbortController();
  private restarting: Promise<void> | undefined;
  private readonly killOnExit = (): void => void this.current?.child.kill('SIGINT');

  private constructor(
    private readonly options: PostmasterOptions,
    private readonly logger: Logger,
  ) {}

  static async start(options: Omit<PostmasterOptions, 'port'>): Promise<PostgresSupervisor> {
    for (let attempt = 1; ; attempt += 1) {
      const supervisor = new PostgresSupervisor({ ...options, port: await freePort() }, options.logger);
      try {
        await supervisor.launch();
        // A `process.exit` without `stop` still asks the server to stop.
        process.once('exit', supervisor.killOnExit);
        return supervisor;
      } catch (error) {
        if (!(error instanceof StartAgain)) throw error;
        if (attempt === START_ATTEMPTS_MAX) throw clusterInUse(options.folder.clusterDirectory);
        await sleep(START_AGAIN_AFTER_MS);
      }
    }
  }

  get port(): number {
    return this.options.port;
  }

  /** The server's process, for fault tests. */
  get pid(): number | undefined {
    return this.current?.child.pid;
  }

  async stop(timeoutMs: number): Promise<void> {
    this.stopping.abort();
    process.off('exit', this.killOnExit);
    await this.restarting;
    const stopped = this.current;
    this.current = undefined;
    await stopped?.ownerSession.end().catch(() => undefined);
    const pid = stopped?.child.pid;
    if (pid !== undefined && stopped?.child.exitCode === null && stopped.child.signalCode === null)
      await stopPostmaster(pid, timeoutMs);
  }

  private async launch(): Promise<void> {
    await settlePredecessor(this.options.folder, this.logger);
    this.current = await startPostmaster(this.options);
    this.current.child.once('exit', (code, signal) => {
      if (this.stopping.signal.aborted) return;
      this.logger.error({ code, signal }, 'the embedded database stopped, starting it again');
      this.restarting = this.relaunch();
    });
  }

  private async relaunch(): Promise<void> {
    const lost = this.current;
    this.current = undefined;
    await lost?.ownerSession.end().catch(() => undefined);
    for (
      let waitMs = RESTART_BACKOFF_FIRST_MS;
      !this.stopping.signal.aborted;
      waitMs = Math.min(waitMs * 2, RESTART_BACKOFF_MAX_MS)
    ) {
      try {
        return await this.launch();
      } catch (error) {
        this.logger.error({ error: String(error), waitMs }, 'the embedded database did not start');
        await sleep(waitMs, this.stopping.signal);
      }
    }
  }
}
