import { writeSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Logger } from '@ao/kernel';

interface WriterOptions {
  logger: Logger;
  /** Between two syncs to disk: what a crash of the machine can lose. */
  syncIntervalMs: number;
  /** For metrics. */
  onWriteError: () => void;
}

/**
 * Appends lines to one file. What is written outlives this process, whatever kills it: the end of a call is written at
 * once, which takes microseconds. The file is synced to disk every few milliseconds, so that no request waits for a disk
 * and a crash of the machine loses no more than that.
 */
export class SegmentWriter {
  private pending: string[] = [];
  private waiting: (() => void)[] = [];
  private timer: NodeJS.Timeout | null = null;
  private syncing: Promise<void> = Promise.resolve();
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

  /**
   * @param onDurable Called once the line is on disk, or cannot be written. A line with it is written before this returns,
   *   with all lines before it; one without may wait for the next.
   */
  append(line: string, onDurable?: () => void): void {
    this.pending.push(line);
    this.timer ??= setTimeout(() => void this.flush(), this.options.syncIntervalMs);
    if (!onDurable) return;
    this.waiting.push(onDurable);
    this.writePending();
  }

  flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.syncing = this.syncing.then(() => this.sync());
    return this.syncing;
  }

  async close(): Promise<void> {
    await this.flush();
    await this.file.close();
  }

  private writePending(): void {
    const lines = this.pending;
    if (lines.length === 0) return;
    this.pending = [];
    // What a failed write left unfinished must not swallow the next record.
    const bytes = Buffer.from((this.torn ? '\n' : '') + lines.join(''));
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(this.file.fd, bytes, written);
      this.bytes += bytes.length;
      if (this.torn) this.options.logger.info({ path: this.path }, 'usage records are written to the spool again');
      this.torn = false;
    } catch (error) {
      this.noteFailure(error, lines.length);
    }
  }

  private async sync(): Promise<void> {
    this.writePending();
    const durable = this.waiting;
    this.waiting = [];
    try {
      await this.file.datasync();
    } catch (error) {
      this.noteFailure(error, durable.length);
    }
    for (const done of durable) done();
  }

  /** The disk is full or gone. The records go on to the bus from memory; only their safety against a crash is lost. */
  private noteFailure(error: unknown, records: number): void {
    this.options.onWriteError();
    // Said once: the next line comes in a moment.
    if (!this.torn) this.options.logger.error({ err: error, records }, 'usage records cannot be written to the spool');
    this.torn = true;
  }
}
