import { sleep, type Logger } from '@ao/kernel';
import type { BackgroundJob } from '@ao/runtime';
import type { FoundOrganisation } from '../../application/found-organisation.js';

const RETRY_DELAY_MS_FIRST = 100;
/** Services of a cluster start in any order; whoever waits for the first key should not wait long after the wallet is up. */
const RETRY_DELAY_MS_MAX = 2_000;

/**
 * Makes the first organisation with the operator's key at the start of a process, trying again until the wallet service
 * answers. Any number of replicas may run it at once.
 */
export class BootstrapJob implements BackgroundJob {
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(
    private readonly foundOrganisation: FoundOrganisation,
    private readonly adminKey: string,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.loop ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async run(): Promise<void> {
    for (let delayMs = RETRY_DELAY_MS_FIRST; !(await this.attempt());) {
      await sleep(delayMs, this.stopping.signal);
      if (this.stopping.signal.aborted) return;
      delayMs = Math.min(delayMs * 2, RETRY_DELAY_MS_MAX);
    }
  }

  /** @returns whether it is done. */
  private async attempt(): Promise<boolean> {
    try {
      const { organisation } = await this.foundOrganisation.bootstrap(this.adminKey);
      this.logger.info({ orgId: organisation.id }, 'the first organisation accepts AO_ADMIN_KEY');
      return true;
    } catch (error) {
      this.logger.warn({ err: error }, 'the first organisation cannot be made yet, trying again');
      return false;
    }
  }
}
