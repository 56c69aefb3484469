import { AppError, withDeadline } from '@ao/kernel';
import type { ClickHouseClient } from '@clickhouse/client';
import { translateWarehouseError, warehouseTimeout } from './warehouse-errors.js';

/** One way to the engine, with the client that uses it. */
export interface Lane {
  readonly client: ClickHouseClient;
  readonly busy: boolean;
  /** Runs `work` within the deadline; the signal aborts when it has passed. */
  run<T>(deadlineMs: number, work: (signal: AbortSignal | undefined) => Promise<T>): Promise<T>;
}

/** A server takes many calls at once and notices when one is given up. */
export function serverLane(client: ClickHouseClient): Lane {
  return {
    client,
    busy: false,
    async run(deadlineMs, work) {
      const signal = AbortSignal.timeout(deadlineMs);
      try {
        return await withDeadline(work(signal), deadlineMs, () => warehouseTimeout(deadlineMs));
      } catch (error) {
        throw signal.aborted ? warehouseTimeout(deadlineMs) : translateWarehouseError(error, deadlineMs);
      }
    },
  };
}

/** Each waits for those before it, so more than this many would only all miss their deadlines. */
const WAITING_MAX = 200;

/**
 * The embedded engine runs one call per connection, each of them blocking a thread of Node's small pool, in which files
 * and host names are read too. So calls queue here instead of there. A call that is given up still runs to its end (the
 * engine's own time limit ends it), and the next one waits for that.
 */
export class EmbeddedLane implements Lane {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(readonly client: ClickHouseClient) {}

  get busy(): boolean {
    return this.waiting > 0;
  }

  async run<T>(deadlineMs: number, work: (signal: undefined) => Promise<T>): Promise<T> {
    if (this.waiting >= WAITING_MAX)
      throw new AppError('capacity_exceeded', 'Too many analytics queries are waiting. Try again in a moment.');
    this.waiting += 1;
    let givenUp = false;
    const result = this.last.then(() => {
      if (givenUp) throw warehouseTimeout(deadlineMs);
      return work(undefined);
    });
    this.last = result.catch(() => undefined).finally(() => (this.waiting -= 1));
    try {
      return await withDeadline(result, deadlineMs, () => warehouseTimeout(deadlineMs));
    } catch (error) {
      givenUp = true;
      throw translateWarehouseError(error, deadlineMs);
    }
  }

  /** Resolves when nothing runs or waits any more. */
  async drained(): Promise<void> {
    await this.last;
  }
}
