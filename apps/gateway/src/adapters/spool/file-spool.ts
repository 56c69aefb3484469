import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SAFE_AFTER_MS, type Bus } from '@ao/bus';
import { usageReportedV1, type UsageReport } from '@ao/contracts';
import { sleep, type Clock, type Logger } from '@ao/kernel';
import type { CallBegin, UsageSpool } from '../../application/ports.js';
import { KeptFiles } from './kept-files.js';
import { encodeBegin, encodeEnd, encodeReport, readSegment } from './segment.js';
import { SegmentWriter } from './segment-writer.js';
import { SpoolLock } from './spool-lock.js';

const SEGMENT_BYTES_MAX = 16 * 1024 * 1024;
/** Several of metering's batches: the next one is there when it has done with the last. */
const IN_FLIGHT_MAX = 2_048;
const RETRY_DELAY_MS_MAX = 5_000;
const STOP_DEADLINE_MS = 5_000;

interface FileSpoolOptions {
  directory: string;
  bus: Bus;
  clock: Clock;
  logger: Logger;
  recordsMax: number;
}

/** What of a report names its event. */
type Identity = Pick<UsageReport, 'requestId' | 'correlationId' | 'startedAtMs'>;

/** An ended call on its way to the bus. */
interface Waiting extends Identity {
  payload: string;
  segments: Segment[];
}

/** A segment and the calls whose records in it are not yet safe on the bus. */
interface Segment {
  writer: SegmentWriter;
  open: Set<string>;
  closed: boolean;
}

/**
 * The gateway's only durable state: an append-only file of begun and ended calls. Each end is published as a usage
 * report; a file goes once the bus has taken every call in it and can no longer lose any. At start the files of an earlier
 * process are replayed, and when the bus is another process than before, what that may have lost.
 */
export class FileSpool implements UsageSpool {
  private readonly queue: Waiting[] = [];
  private readonly begun = new Map<string, Segment>();
  private segments: Segment[] = [];
  private current!: Segment;
  private inFlight = 0;
  private sequence = 0;
  private readonly stopping = new AbortController();
  private readonly kept: KeptFiles;
  private readonly unsubscribe: () => void;

  private constructor(
    private readonly options: FileSpoolOptions,
    private readonly lock: SpoolLock,
  ) {
    const { bus, clock, logger } = options;
    this.kept = new KeptFiles({ keepMs: bus.publishWaitsForHandlers ? 0 : SAFE_AFTER_MS, clock, logger });
    this.unsubscribe = bus.onServerChanged(() => void this.publishAgain());
  }

  /**
   * Opens a new file and starts to replay those of earlier processes.
   * @throws StartupError when another process uses the folder.
   */
  static async open(options: FileSpoolOptions): Promise<FileSpool> {
    await mkdir(options.directory, { recursive: true });
    const spool = new FileSpool(options, await SpoolLock.acquire(options.directory));
    const earlier = (await readdir(options.directory)).filter((name) => name.endsWith('.spool')).sort();
    spool.current = await spool.newSegment();
    void spool.replay(earlier.map((name) => join(options.directory, name)));
    return spool;
  }

  begin(call: CallBegin): void {
    this.current.open.add(call.requestId);
    this.begun.set(call.requestId, this.current);
    this.current.writer.append(encodeBegin(call));
  }

  end(report: UsageReport): void {
    const began = this.begun.get(report.requestId);
    this.begun.delete(report.requestId);
    const segment = this.current;
    segment.open.add(report.requestId);
    const segments = began && began !== segment ? [began, segment] : [segment];
    const { requestId, correlationId, startedAtMs } = report;
    const payload = encodeReport(report);
    segment.writer.append(encodeEnd(payload), () => {
      this.queue.push({ requestId, correlationId, startedAtMs, payload, segments });
      this.pump();
    });
    if (segment.writer.bytes > SEGMENT_BYTES_MAX && !segment.closed) void this.rotate(segment);
  }

  isFull(): boolean {
    return this.lag() >= this.options.recordsMax;
  }

  /** Records not yet taken by the bus. */
  lag(): number {
    return this.queue.length + this.inFlight;
  }

  /** Writes all to disk and gives the bus a last chance to take it; what stays is replayed by the next start. */
  async close(): Promise<void> {
    await this.current.writer.flush();
    const { clock } = this.options;
    const deadlineMs = clock.monotonicMs() + STOP_DEADLINE_MS;
    while (this.lag() > 0 && clock.monotonicMs() < deadlineMs) await sleep(10);
    this.stopping.abort();
    this.unsubscribe();
    this.current.closed = true;
    await this.current.writer.close();
    await this.removeFinished();
    await this.lock.release();
  }

  private async newSegment(): Promise<Segment> {
    this.sequence += 1;
    const name = `${this.options.clock.nowMs()}-${process.pid}-${this.sequence}.spool`;
    const segment = {
      writer: await SegmentWriter.open(join(this.options.directory, name), this.options.logger),
      open: new Set<string>(),
      closed: false,
    };
    this.segments.push(segment);
    return segment;
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
        for (const segment of segments) segment.open.delete(requestId);
        if (segments.some((segment) => segment.closed)) void this.removeFinished();
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

  /** Gives false when the spool was closed before the bus had all. */
  private async publishAll(raws: Record<string, unknown>[]): Promise<boolean> {
    for (let first = 0; first < raws.length; first += IN_FLIGHT_MAX) {
      const some = raws.slice(first, first + IN_FLIGHT_MAX);
      const publish = (raw: unknown): Promise<boolean> => this.publish(raw as Identity, JSON.stringify(raw));
      if ((await Promise.all(some.map(publish))).includes(false)) return false;
    }
    return true;
  }

  private async removeFinished(): Promise<void> {
    const finished = this.segments.filter((segment) => segment.closed && segment.open.size === 0);
    this.segments = this.segments.filter((segment) => !finished.includes(segment));
    for (const { writer } of finished) await this.kept.add(writer.path);
  }

  /** Sends all that the bus had taken from these files once more: whoever has it knows it by its id. */
  private async publishAgain(): Promise<void> {
    const { logger } = this.options;
    try {
      for (const path of [...this.kept.renew(), ...this.segments.map(({ writer }) => writer.path)]) {
        const { ends } = await readSegment(path);
        logger.info({ path, calls: ends.size }, 'published again: the bus may have lost them');
        await this.publishAll([...ends.values()]);
      }
    } catch (error) {
      logger.error({ err: error }, 'spool files could not be published again');
    }
  }

  /** A call may have begun in one file and ended in another: all are read before any call is held for interrupted. */
  private async replay(paths: string[]): Promise<void> {
    const { logger } = this.options;
    try {
      const begins = new Map<string, Record<string, unknown>>();
      const ends = new Map<string, Record<string, unknown>>();
      for (const path of paths) {
        const read = await readSegment(path);
        if (read.damaged > 0) logger.warn({ path, damaged: read.damaged }, 'spool lines could not be read');
        for (const [requestId, call] of read.begins) begins.set(requestId, call);
        for (const [requestId, report] of read.ends) ends.set(requestId, report);
      }
      if (begins.size + ends.size > 0) {
        logger.info({ begun: begins.size, ended: ends.size }, 'replaying usage records of an earlier process');
      }
      const interrupted = [...begins]
        .filter(([requestId]) => !ends.has(requestId))
        .map(([, call]) => asInterrupted(call));
      if (!(await this.publishAll([...ends.values(), ...interrupted]))) return;
      for (const path of paths) await this.kept.add(path);
    } catch (error) {
      logger.error({ err: error }, 'spool files could not be replayed and stay where they are');
    }
  }
}

/** A call that the gateway's death cut off: logged for what is known, charged nothing, because nobody counted. */
function asInterrupted(call: Record<string, unknown>): Record<string, unknown> {
  return {
    ...call,
    status: 500,
    errorCode: 'internal_error',
    partial: true,
    usage: {},
    usageSource: 'none',
    cost: '0',
    durationMs: 0,
    firstTokenMs: null,
    finishReason: null,
  };
}
