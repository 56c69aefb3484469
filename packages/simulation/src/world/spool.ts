import { usageReportedV1, type UsageReport } from '@ao/contracts';
import {
  encodeBegin,
  encodeEnd,
  encodeProgress,
  encodeReport,
  noteOpenCall,
  readLine,
  type CallBegin,
  type CallProgress,
  type UsageSpool,
} from '@ao/gateway/simulation';
import type { Life } from '../engine/life.js';
import type { Random } from '../engine/random.js';
import type { EventBus } from './event-bus.js';

const SYNC_EVERY_MS = 20;
const PROGRESS_EVERY_MS = 1_000;
const RETRY_FIRST_MS = 100;
const RETRY_MS_MAX = 5_000;
const STOP_DEADLINE_MS = 5_000;

/** What survives a crash of a gateway: of each of its lives, the lines of the spool that had been synced. */
export interface Disk {
  segments: string[][];
}

/** What of a report names its event. */
type Identity = Pick<UsageReport, 'requestId' | 'correlationId' | 'startedAtMs'>;

/** Told of what is safe. */
export interface SpoolWitness {
  begun(call: CallBegin): void;
  beginDurable(requestId: string): void;
  endDurable(report: UsageReport): void;
}

/**
 * The spool by its contract (`apps/gateway/src/adapters/spool`), on a simulated disk: records are durable after a sync,
 * published only then, again until the bus takes them; a crash loses what was not synced; the next start replays the
 * rest, calls without an end as interrupted. A segment is never rotated here, so a replay repeats everything since.
 */
export class SimulatedSpool implements UsageSpool {
  private pending: { line: string; onDurable: () => void }[] = [];
  private isSyncing = false;
  private unpublished = 0;
  /** Calls whose records are not yet safe on the bus: they keep the segment. */
  private readonly open = new Set<string>();
  private isClosed = false;
  private readonly segment: string[] = [];
  private readonly running = new Map<string, { progress: () => CallProgress; outputTokensNoted: number }>();

  constructor(
    private readonly disk: Disk,
    private readonly life: Life,
    private readonly bus: EventBus,
    private readonly random: Random,
    private readonly witness: SpoolWitness,
  ) {
    const earlier = disk.segments;
    disk.segments = [...earlier, this.segment];
    void this.replay(earlier.flat()).then(() => this.remove(earlier));
    life.every(PROGRESS_EVERY_MS, 'notes how far streams are', () => this.noteProgress());
  }

  begin(call: CallBegin, progress: () => CallProgress): void {
    this.witness.begun(call);
    this.open.add(call.requestId);
    this.running.set(call.requestId, { progress, outputTokensNoted: 0 });
    this.append(encodeBegin(call, progress()), () => this.witness.beginDurable(call.requestId));
  }

  end(report: UsageReport): void {
    this.running.delete(report.requestId);
    const payload = encodeReport(report);
    this.append(encodeEnd(payload), () => {
      this.witness.endDurable(report);
      this.unpublished += 1;
      void this.publish(report, payload).then(() => {
        this.unpublished -= 1;
        this.open.delete(report.requestId);
      });
    });
  }

  isFull(): boolean {
    return false;
  }

  /** Syncs, and gives the bus a last chance. */
  async close(): Promise<void> {
    const deadlineMs = this.life.clock.monotonicMs() + STOP_DEADLINE_MS;
    const isBusy = (): boolean => this.pending.length > 0 || this.unpublished > 0;
    while (isBusy() && this.life.clock.monotonicMs() < deadlineMs) await this.life.sleep(10, 'waits for its spool');
    this.isClosed = true;
    if (this.open.size === 0) this.remove([this.segment]);
  }

  /** The process is gone. What was being written may have come to the disk in part. */
  crash(): void {
    for (const { line, onDurable } of this.pending.slice(0, this.random.int(0, this.pending.length))) {
      this.segment.push(line);
      onDurable();
    }
  }

  private remove(segments: readonly string[][]): void {
    this.disk.segments = this.disk.segments.filter((segment) => !segments.includes(segment));
  }

  private append(line: string, onDurable: () => void): void {
    this.pending.push({ line, onDurable });
    if (this.isSyncing) return;
    this.isSyncing = true;
    this.life.after(SYNC_EVERY_MS, 'syncs its spool', () => {
      this.isSyncing = false;
      const written = this.pending;
      this.pending = [];
      this.segment.push(...written.map((one) => one.line));
      for (const one of written) one.onDurable();
    });
  }

  private noteProgress(): void {
    for (const [requestId, call] of this.running) {
      const progress = call.progress();
      if (progress.outputTokens === call.outputTokensNoted) continue;
      call.outputTokensNoted = progress.outputTokens;
      this.append(encodeProgress(requestId, progress), () => undefined);
    }
  }

  private async replay(lines: readonly string[]): Promise<void> {
    const interrupted = new Map<string, UsageReport>();
    const reports: UsageReport[] = [];
    for (const text of lines) {
      const line = readLine(Buffer.from(text.trimEnd()));
      if (line.kind === 'damaged') throw new Error(`the spool cannot read what it has written: ${text}`);
      if (line.kind !== 'end') noteOpenCall(line, interrupted);
      else {
        interrupted.delete(line.report.requestId);
        reports.push(line.report);
      }
    }
    await Promise.all([...reports, ...interrupted.values()].map((one) => this.publish(one, encodeReport(one))));
  }

  private async publish({ requestId, correlationId, startedAtMs }: Identity, payload: string): Promise<void> {
    const { subject } = usageReportedV1;
    const occurredAt = new Date(startedAtMs).toISOString();
    const event = { id: requestId, subject, occurredAt, payload, requestId: correlationId };
    for (let delayMs = RETRY_FIRST_MS; !this.isClosed; delayMs = Math.min(delayMs * 2, RETRY_MS_MAX)) {
      try {
        return await this.bus.publish(this.life, event);
      } catch {
        await this.life.sleep(delayMs, 'publishes again');
      }
    }
    return this.life.hang();
  }
}
