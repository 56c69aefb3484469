import { unlink } from 'node:fs/promises';
import type { Clock, Logger } from '@ao/kernel';

interface KeptFilesOptions {
  /** How long the bus may lose what it has acknowledged. */
  keepMs: number;
  clock: Clock;
  logger: Logger;
}

/** Files whose calls the bus has taken, kept until it cannot lose them any more. */
export class KeptFiles {
  /** With the time since when all in it is taken. */
  private readonly finished = new Map<string, number>();

  constructor(private readonly options: KeptFilesOptions) {}

  /** All of them, to be read and kept for as long again. */
  renew(): string[] {
    const nowMs = this.options.clock.monotonicMs();
    for (const path of this.finished.keys()) this.finished.set(path, nowMs);
    return [...this.finished.keys()];
  }

  /** Keeps a file, and removes those that were kept for long enough: for now the bus is there. */
  async add(path: string): Promise<void> {
    const nowMs = this.options.clock.monotonicMs();
    this.finished.set(path, nowMs);
    const due = [...this.finished].filter(([, sinceMs]) => nowMs - sinceMs >= this.options.keepMs);
    // The oldest first: of a call whose end alone is left, nothing wrong can be told.
    for (const [old] of due) await this.remove(old);
  }

  private async remove(path: string): Promise<void> {
    this.finished.delete(path);
    await unlink(path).catch((error: unknown) =>
      this.options.logger.warn({ err: error }, 'a finished spool file could not be removed'),
    );
  }
}
