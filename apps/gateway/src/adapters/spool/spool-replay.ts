import { rename, stat } from 'node:fs/promises';
import type { UsageReport } from '@ao/contracts';
import { sleep, type Logger } from '@ao/kernel';
import { usageOf } from '@ao/pricing';
import { readSegment, type SpoolLine } from './segment-reader.js';

const RETRY_DELAY_MS_MIN = 1_000;
const RETRY_DELAY_MS_MAX = 300_000;

interface SendingOptions {
  /** Resolves once the bus has taken it; false when the spool was closed before that. */
  publish: (report: UsageReport) => Promise<boolean>;
  /** Reports that are on their way at once. */
  inFlightMax: number;
}

interface ReplayOptions extends SendingOptions {
  /** In the order in which they were written. */
  paths: string[];
  /** Takes a file that is done with. */
  remove: (path: string) => Promise<void>;
  logger: Logger;
  signal: AbortSignal;
}

/** The end of a replay that the spool's own end cuts short. */
class ReplayStopped extends Error {}

/**
 * Hands the files of earlier processes to the bus, in the background and as often as it takes. Each file goes only when
 * all of them are on the bus: a call may have begun in one and ended in another. What cannot be read stays for people,
 * damaged files beside the spool under the name `.damaged`.
 */
export class SpoolReplay {
  private paths: string[];
  private bytesLeft = 0;
  replayed = 0;
  damagedLines = 0;

  constructor(private readonly options: ReplayOptions) {
    this.paths = options.paths;
  }

  /** Files that are not done with, and what they hold. */
  get waiting(): { files: number; bytes: number } {
    return { files: this.paths.length, bytes: this.bytesLeft };
  }

  /** Resolves when all is done or the spool is closed. Never rejects. */
  async run(): Promise<void> {
    const { logger, signal } = this.options;
    for (let delayMs = RETRY_DELAY_MS_MIN; this.paths.length > 0 && !signal.aborted; delayMs *= 2) {
      try {
        await this.replay();
      } catch (error) {
        if (error instanceof ReplayStopped) return;
        delayMs = Math.min(delayMs, RETRY_DELAY_MS_MAX);
        logger.error({ err: error, files: this.paths.length, delayMs }, 'spool files wait to be replayed');
        await sleep(delayMs, signal);
      }
    }
  }

  /** @throws Error when something is left to do. */
  private async replay(): Promise<void> {
    const { logger } = this.options;
    this.bytesLeft = await totalBytes(this.paths);
    const open = new Map<string, UsageReport>();
    const batch = new Batch(this.options);
    const damaged = new Set<string>();
    let damagedLines = 0;
    let unreadable: unknown;
    for (const path of this.paths) {
      try {
        const lines = await this.replayFile(path, open, batch);
        if (lines.damaged > 0) damaged.add(path);
        damagedLines += lines.damaged + lines.torn;
      } catch (error) {
        if (error instanceof ReplayStopped) throw error;
        logger.error({ err: error, path }, 'a spool file cannot be read and stays where it is');
        unreadable = error;
      }
    }
    await batch.flush();
    this.damagedLines = damagedLines;
    // An end may stand in the file that cannot be read: nobody is held for interrupted before that is known.
    if (unreadable !== undefined) throw unreadable;
    for (const report of open.values()) await batch.add(report);
    await batch.flush();
    this.replayed += batch.published;
    logger.info(
      { files: this.paths.length, records: batch.published, interrupted: open.size },
      'usage records of an earlier process were replayed',
    );
    // The oldest first: of a call whose end alone is left, nothing wrong can be told.
    for (const path of this.paths) {
      await (damaged.has(path) ? rename(path, `${path}.damaged`) : this.options.remove(path));
      this.paths = this.paths.filter((other) => other !== path);
    }
    this.bytesLeft = 0;
  }

  private async replayFile(
    path: string,
    open: Map<string, UsageReport>,
    batch: Batch,
  ): Promise<{ damaged: number; torn: number }> {
    let [damaged, torn] = [0, 0];
    for await (const line of readSegment(path)) {
      if (line.kind === 'end') {
        open.delete(line.report.requestId);
        await batch.add(line.report);
      } else if (line.kind !== 'damaged') noteOpenCall(line, open);
      else if (line.isTorn) torn += 1;
      else damaged += 1;
    }
    if (damaged > 0)
      this.options.logger.error({ path, damaged }, 'spool lines cannot be read; the file is kept as .damaged');
    if (torn > 0) this.options.logger.warn({ path }, 'the last spool line was cut off in the middle of its write');
    return { damaged, torn };
  }
}

/**
 * Sends the ends of calls in these files, and gives their number.
 * @throws what the file system says, and an Error when the spool was closed.
 */
export async function publishEnds(paths: readonly string[], options: SendingOptions): Promise<number> {
  const batch = new Batch(options);
  for (const path of paths) {
    for await (const line of readSegment(path)) if (line.kind === 'end') await batch.add(line.report);
  }
  await batch.flush();
  return batch.published;
}

/** Keeps in `open` the calls that have begun, and how far they came. */
export function noteOpenCall(
  line: Extract<SpoolLine, { kind: 'begin' | 'progress' }>,
  open: Map<string, UsageReport>,
): void {
  if (line.kind === 'begin') {
    open.set(line.report.requestId, line.report);
    return;
  }
  const report = open.get(line.requestId);
  if (!report) return;
  const { outputTokens, charges } = line;
  const usage = usageOf({ ...report.usage, outputTokens });
  open.set(line.requestId, { ...report, usage, charges, usageSource: 'estimated' });
}

/** Sends reports many at a time, as their consumer takes them, and never more, whatever the size of the files. */
class Batch {
  private reports: UsageReport[] = [];
  published = 0;

  constructor(private readonly options: SendingOptions) {}

  async add(report: UsageReport): Promise<void> {
    this.reports.push(report);
    if (this.reports.length >= this.options.inFlightMax) await this.flush();
  }

  /** @throws ReplayStopped when the spool was closed. */
  async flush(): Promise<void> {
    const sent = await Promise.all(this.reports.map((report) => this.options.publish(report)));
    this.published += sent.length;
    this.reports = [];
    if (sent.includes(false)) throw new ReplayStopped('the spool was closed');
  }
}

async function totalBytes(paths: string[]): Promise<number> {
  const sizes = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
