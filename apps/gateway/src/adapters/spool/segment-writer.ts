import { open, unlink, type FileHandle } from 'node:fs/promises';
import type { Logger } from '@ao/kernel';

interface WriterOptions {
  logger: Logger;
  /** Lines are collected for so long, then written and synced together: what a crash can lose. */
  syncIntervalMs: number;
  /** For metrics. */
  onWriteError: () => void;
}

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
    private readonly options: WriterOptions,
  ) {}

  static async open(path: string, options: WriterOptions): Promise<SegmentWriter> {
    return new SegmentWriter(path, await open(path, 'ax', 0o600), options);
  }

  /** @param onDurable Called once the line is on disk, or cannot be written. */
  append(line: string, onDurable?: () => void): void {
    this.pending.push(line);
    if (onDurable) this.waiting.push(onDurable);
    this.timer ??= setTimeout(() => void this.flush(), this.options.syncIntervalMs);
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
      if (this.torn) this.options.logger.info({ path: this.path }, 'usage records are written to the spool again');
      this.torn = false;
    } catch (error) {
      this.noteFailure(error, lines.length);
    }
    for (const done of durable) done();
  }

  /** The disk is full or gone. The records go on to the bus from memory; only their safety against a crash is lost. */
  private noteFailure(error: unknown, records: number): void {
    this.options.onWriteError();
    // Said once: the next batch comes in a few milliseconds.
    if (!this.torn) this.options.logger.error({ err: error, records }, 'usage records cannot be written to the spool');
    this.torn = true;
  }
}
