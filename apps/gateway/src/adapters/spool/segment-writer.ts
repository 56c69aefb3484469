import { open, unlink, type FileHandle } from 'node:fs/promises';
import type { Logger } from '@ao/kernel';

const SYNC_EVERY_MS = 20;

/**
 * Appends lines to one file in batches: a batch is written and synced to disk every few milliseconds, so that no
 * request waits for a disk and a crash loses no more than that.
 */
export class SegmentWriter {
  private pending: string[] = [];
  private waiting: (() => void)[] = [];
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();
  bytes = 0;
  private torn = false;

  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
    private readonly logger: Logger,
  ) {}

  static async open(path: string, logger: Logger): Promise<SegmentWriter> {
    return new SegmentWriter(path, await open(path, 'ax', 0o600), logger);
  }

  /** @param onDurable Called once the line is on disk. */
  append(line: string, onDurable?: () => void): void {
    this.pending.push(line);
    if (onDurable) this.waiting.push(onDurable);
    this.timer ??= setTimeout(() => void this.flush(), SYNC_EVERY_MS);
  }

  flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.writing = this.writing.then(() => this.writeBatch());
    return this.writing;
  }

  async close(): Promise<void> {
    await this.flush();
    await this.file.close();
  }

  async remove(): Promise<void> {
    await unlink(this.path);
  }

  private async writeBatch(): Promise<void> {
    if (this.pending.length === 0) return;
    const [lines, durable] = [this.pending, this.waiting];
    [this.pending, this.waiting] = [[], []];
    try {
      // What a failed write left unfinished must not swallow the next record.
      const bytes = Buffer.from((this.torn ? '\n' : '') + lines.join(''));
      await this.file.writeFile(bytes);
      await this.file.datasync();
      this.bytes += bytes.length;
      this.torn = false;
    } catch (error) {
      this.torn = true;
      // The disk is full or gone. The records go on to the bus from memory; only their safety against a crash is lost.
      this.logger.error({ err: error, records: lines.length }, 'usage records could not be written to the spool');
    }
    for (const done of durable) done();
  }
}
