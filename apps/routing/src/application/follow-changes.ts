import type { BackgroundJob } from '@ao/runtime';
import type { PublishRoutingTable } from './publish-routing-table.js';

/** A start goes on without the bus after this long; the health check says that the table is missing. */
const FIRST_WAIT_MS = 5_000;

/** Something that changes by itself and says so. */
export interface ChangeSource {
  listen(listener: () => void): void;
  stop(): void;
}

/**
 * Publishes the routing table at the start and whenever something other than a request of this process changed it:
 * the operator's file at once, the work of another replica within one interval.
 */
export class FollowChanges implements BackgroundJob {
  private timer: NodeJS.Timeout | undefined;
  private checking: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly table: PublishRoutingTable,
    private readonly file: ChangeSource,
    private readonly intervalMs: number,
  ) {}

  async start(): Promise<void> {
    this.file.listen(() => void this.table.refresh());
    await this.table.refresh(FIRST_WAIT_MS);
    this.checkLater();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.file.stop();
    clearTimeout(this.timer);
    await this.checking;
  }

  private checkLater(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.checking = this.table.catchUp().then(() => this.checkLater());
    }, this.intervalMs);
  }
}
