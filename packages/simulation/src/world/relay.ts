import type { MemoryDatabase, MemoryOutboxRow } from '@ao/database/memory';
import type { Life } from '../engine/life.js';
import type { EventBus } from './event-bus.js';

const LOOK_EVERY_MS = 250;
const LOOK_AFTER_COMMIT_MS = 2;

/**
 * Publishes what a service has in its outbox, by one of its replicas at a time. May die between publishing and marking:
 * the next one publishes again.
 */
export class Relay {
  private publisher: Life | null = null;
  private readonly busy = new Set<string>();
  private isLooking = false;

  constructor(
    private readonly database: MemoryDatabase,
    private readonly bus: EventBus,
    private readonly replicas: () => readonly Life[],
  ) {}

  /** There may be something to publish. */
  wake(delayMs = LOOK_AFTER_COMMIT_MS): void {
    if (this.isLooking && this.publisher?.isAlive) return;
    const life = this.elect();
    if (!life || this.waiting().length === 0) return;
    this.isLooking = true;
    life.after(delayMs, 'looks into the outbox', () => {
      this.isLooking = false;
      for (const row of this.waiting()) void this.publish(life, row);
    });
  }

  /** A replica has died or started. */
  replicasChanged(): void {
    this.wake(LOOK_EVERY_MS);
  }

  get isEmpty(): boolean {
    return this.database.outbox.all().every(({ published }) => published);
  }

  private elect(): Life | undefined {
    if (this.publisher?.isAlive) return this.publisher;
    this.busy.clear();
    this.isLooking = false;
    this.publisher = this.replicas().find(({ isAlive }) => isAlive) ?? null;
    return this.publisher ?? undefined;
  }

  private waiting(): MemoryOutboxRow[] {
    const rows = this.database.outbox.all().filter(({ id, published }) => !published && !this.busy.has(id));
    return rows.sort((a, b) => a.sequence - b.sequence);
  }

  private async publish(life: Life, row: MemoryOutboxRow): Promise<void> {
    const { sequence: _sequence, published: _published, ...event } = row;
    this.busy.add(row.id);
    try {
      await this.bus.publish(life, event);
      await life.sleep(1, `marks ${row.id}`);
      this.database.outbox.amend(row.id, { ...row, published: true });
    } catch {
      await life.sleep(LOOK_EVERY_MS, 'the outbox tries again');
      this.busy.delete(row.id);
      this.wake(0);
    }
  }
}
