import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bus } from '@ao/bus';
import { usageReportedV1, type UsageReport } from '@ao/contracts';
import { StartupError, sleep, type Clock, type Logger } from '@ao/kernel';
import type { CallBegin, CallProgress, UsageSpool } from '../../application/ports.js';
import { KeptFiles } from './kept-files.js';
import { encodeBegin, encodeEnd, encodeProgress, encodeReport } from './segment.js';
import { SegmentWriter } from './segment-writer.js';
import { SpoolLock } from './spool-lock.js';
import { publishEnds, SpoolReplay } from './spool-replay.js';

const SEGMENT_BYTES_MAX = 16 * 1024 * 1024;
/** Several of metering's batches: the next one is there when it has done with the last. */
const IN_FLIGHT_MAX = 2_048;
const RETRY_DELAY_MS_MAX = 5_000;
const STOP_DEADLINE_MS = 5_000;
/** How much of a stream's output a crash may leave unbilled. */
const PROGRESS_INTERVAL_MS = 1_000;

interface FileSpoolOptions {
  directory: string;
  bus: Bus;
  clock: Clock;
  logger: Logger;
  /** Ended calls that wait for the bus before paid calls are refused. */
  recordsMax: number;
  /** Between two writes to the disk: what a crash can lose. */
  syncIntervalMs: number;
  /** How long the bus may lose what it has taken. */
  keepMs: number;
}

/** What of a report names its event. */
type Identity = Pick<UsageReport, 'requestId' | 'correlationId' | 'startedAtMs'>;

/** An ended call on its way to the bus. */
interface Waiting extends Identity {
  payload: string;
  segments: Set<Segment>;
}

/** A call under way. */
interface Begun {
  /** Where it has left records. */
  segments: Set<Segment>;
  progress: () => CallProgress;
  outputTokensNoted: number;
}

/** A file and the calls whose records in it are not yet safe on the bus. */
interface Segment {
  writer: SegmentWriter;
  open: Set<string>;
  closed: boolean;
}

/** For metrics. */
export interface SpoolFigures {
  recordsWaiting: number;
  oldestRecordAgeMs: number;
  bytes: number;
  writeErrors: number;
  damagedLines: number;
  recordsReplayed: number;
  /** Of earlier processes, not done with. */
  filesToReplay: number;
}

/**
 * The gateway's only durable state: an append-only file of begun and ended calls. Each end is published as a usage
 * report; a file goes once the bus has taken every call in it and can no longer lose any. At start the files of an earlier
 * process are replayed, and when the bus is another process than before, what that may have lost.
 */
export class FileSpool implements UsageSpool {
  private readonly queue: Waiting[] = [];
  private readonly begun = new Map<string, Begun>();
  /** Ended and not yet taken by the bus, with the time of their end; the oldest first. */
  private readonly ended = new Map<string, number>();
  private segments: Segment[] = [];
  private current!: Segment;
  private inFlight = 0;
  private sequence = 0;
  private writeErrors = 0;
  private replay!: SpoolReplay;
  private replaying: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();
  private readonly progressTimer: NodeJS.Timeout;
  private readonly kept: KeptFiles;
  private readonly unsubscribe: () => void;

  private constructor(
    private readonly options: FileSpoolOptions,
    private readonly lock: SpoolLock,
  ) {
    this.progressTimer = setInterval(() => this.noteProgress(), PROGRESS_INTERVAL_MS);
    this.progressTimer.unref();
    const { bus, keepMs, clock, logger } = options;
    this.kept = new KeptFiles({ keepMs, clock, logger });
    this.unsubscribe = bus.onServerChanged(() => void this.publishAgain());
  }

  /**
   * Opens a new file and starts to replay those of earlier processes.
   * @throws StartupError when another process uses the folder, or when it cannot be written.
   */
  static async open(options: FileSpoolOptions): Promise<FileSpool> {
    const { directory } = options;
    try {
      await mkdir(directory, { recursive: true });
      const spool = new FileSpool(options, await SpoolLock.acquire(directory));
      const earlier = (await readdir(directory)).filter((name) => name.endsWith('.spool')).sort(byAge);
      spool.current = await spool.newSegment();
      spool.startReplay(earlier.map((name) => join(directory, name)));
      return spool;
    } catch (error) {
      if (error instanceof StartupError) throw error;
      throw new StartupError(`the spool folder ${directory} cannot be written: ${(error as Error).message}`);
    }
  }

  begin(call: CallBegin, progress: () => CallProgress): void {
    const { current } = this;
    current.open.add(call.requestId);
    this.begun.set(call.requestId, { segments: new Set([current]), progress, outputTokensNoted: 0 });
    current.writer.append(encodeBegin(call, progress()));
  }

  end(report: UsageReport): void {
    const { requestId, correlationId, startedAtMs } = report;
    const segment = this.current;
    const segments = this.begun.get(requestId)?.segments ?? new Set();
    this.begun.delete(requestId);
    segments.add(segment);
    segment.open.add(requestId);
    this.ended.set(requestId, this.options.clock.monotonicMs());
    const payload = encodeReport(report);
    segment.writer.append(encodeEnd(payload), () => {
      this.queue.push({ requestId, correlationId, startedAtMs, payload, segments });
      this.pump();
    });
    this.rotateWhenLarge();
  }

  isFull(): boolean {
    return this.ended.size >= this.options.recordsMax;
  }

  /** For metrics. */
  figures(): SpoolFigures {
    const [oldest] = this.ended.values();
    const { files, bytes } = this.replay.waiting;
    return {
      recordsWaiting: this.ended.size,
      oldestRecordAgeMs: oldest === undefined ? 0 : this.options.clock.monotonicMs() - oldest,
      bytes: this.segments.reduce((sum, { writer }) => sum + writer.bytes, bytes),
      writeErrors: this.writeErrors,
      damagedLines: this.replay.damagedLines,
      recordsReplayed: this.replay.replayed,
      filesToReplay: files,
    };
  }

  /** Writes all to disk and gives the bus a last chance to take it; what stays is replayed by the next start. */
  async close(): Promise<void> {
    clearInterval(this.progressTimer);
    this.unsubscribe();
    await this.current.writer.flush();
    const { clock } = this.options;
    const deadlineMs = clock.monotonicMs() + STOP_DEADLINE_MS;
    while (this.ended.size > 0 && clock.monotonicMs() < deadlineMs) await sleep(10);
    this.stopping.abort();
    await this.replaying;
    this.current.closed = true;
    await this.current.writer.close();
    await this.removeFinished();
    await this.lock.release();
  }

  private startReplay(paths: string[]): void {
    const { logger } = this.options;
    const { signal } = this.stopping;
    const remove = (path: string): Promise<void> => this.kept.add(path);
    this.replay = new SpoolReplay({ ...this.sending, paths, remove, logger, signal });
    this.replaying = this.replay.run();
  }

  /** Sends all that the bus had taken from these files once more: whoever has it knows it by its id. */
  private async publishAgain(): Promise<void> {
    const { logger } = this.options;
    const paths = [...this.kept.renew(), ...this.segments.map(({ writer }) => writer.path)];
    try {
      const records = await publishEnds(paths, this.sending);
      logger.info({ files: paths.length, records }, 'published again: the bus may have lost them');
    } catch (error) {
      logger.error({ err: error }, 'spool files could not be published again');
    }
  }

  private get sending(): { publish: (report: UsageReport) => Promise<boolean>; inFlightMax: number } {
    return { publish: (report) => this.publish(report, encodeReport(report)), inFlightMax: IN_FLIGHT_MAX };
  }

  private async newSegment(): Promise<Segment> {
    const { clock, directory, logger, syncIntervalMs } = this.options;
    this.sequence += 1;
    const path = join(directory, `${clock.nowMs()}-${process.pid}-${this.sequence}.spool`);
    const onWriteError = (): void => void (this.writeErrors += 1);
    const writer = await SegmentWriter.open(path, { logger, syncIntervalMs, onWriteError });
    const segment = { writer, open: new Set<string>(), closed: false };
    this.segments.push(segment);
    return segment;
  }

  /** Only what has changed is written: streams that have moved on since the last time. */
  private noteProgress(): void {
    for (const [requestId, call] of this.begun) {
      const progress = call.progress();
      if (progress.outputTokens === call.outputTokensNoted) continue;
      call.outputTokensNoted = progress.outputTokens;
      call.segments.add(this.current);
      this.current.open.add(requestId);
      this.current.writer.append(encodeProgress(requestId, progress));
    }
    this.rotateWhenLarge();
  }

  private rotateWhenLarge(): void {
    const { current } = this;
    if (current.writer.bytes > SEGMENT_BYTES_MAX && !current.closed) void this.rotate(current);
  }

  private async rotate(full: Segment): Promise<void> {
    full.closed = true;
    try {
      this.current = await this.newSegment();
    } catch (error) {
      full.closed = false;
      this.options.logger.error({ err: error }, 'a new spool file could not be opened; the old one grows on');
      return;
    }
    await full.writer.close();
    await this.removeFinished();
  }

  private pump(): void {
    while (this.inFlight < IN_FLIGHT_MAX && this.queue.length > 0 && !this.stopping.signal.aborted) {
      const { payload, segments, ...identity } = this.queue.shift()!;
      const { requestId } = identity;
      this.inFlight += 1;
      void this.publish(identity, payload).then((published) => {
        this.inFlight -= 1;
        if (!published) return;
        this.ended.delete(requestId);
        for (const segment of segments) segment.open.delete(requestId);
        if ([...segments].some((segment) => segment.closed)) void this.removeFinished();
        this.pump();
      });
    }
  }

  /** Publishes until the bus takes it; the request id is the event id, so a repetition is recognised. */
  private async publish({ requestId, correlationId, startedAtMs }: Identity, payload: string): Promise<boolean> {
    const event = {
      id: requestId,
      subject: usageReportedV1.subject,
      occurredAt: new Date(startedAtMs).toISOString(),
      payload,
    };
    for (let delayMs = 100; !this.stopping.signal.aborted; delayMs = Math.min(delayMs * 2, RETRY_DELAY_MS_MAX)) {
      try {
        await this.options.bus.publishEncoded({ ...event, requestId: correlationId });
        return true;
      } catch (error) {
        this.options.logger.warn(
          { err: error, requestId, delayMs },
          'a usage record was not taken by the bus and will be sent again',
        );
        await sleep(delayMs, this.stopping.signal);
      }
    }
    return false;
  }

  private async removeFinished(): Promise<void> {
    const finished = this.segments.filter((segment) => segment.closed && segment.open.size === 0);
    this.segments = this.segments.filter((segment) => !finished.includes(segment));
    for (const { writer } of finished) await this.kept.add(writer.path);
  }
}

/** By the time and the number in their names: a call begins before it ends. */
function byAge(one: string, other: string): number {
  const [[ms = 0, , number = 0], [otherMs = 0, , otherNumber = 0]] = [one, other].map((name) =>
    name.split(/[-.]/).map(Number),
  ) as [number[], number[]];
  return ms - otherMs || number - otherNumber || one.localeCompare(other);
}
