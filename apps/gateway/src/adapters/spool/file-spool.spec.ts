import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryBus, type EncodedEvent, type ServerChanged } from '@ao/bus';
import { usageReportExample, usageReportedV1, type UsageReport } from '@ao/contracts';
import { AppError, silentLogger, systemClock } from '@ao/kernel';
import { usageOf } from '@ao/pricing';
import { waitFor } from '@ao/testing';
import type { CallProgress } from '../../application/ports.js';
import { FileSpool } from './file-spool.js';
import { encodeBegin, encodeEnd, encodeReport } from './segment.js';

const example = usageReportedV1.payload.parse(usageReportExample) as UsageReport;
const report = (requestId: string): UsageReport => ({ ...example, requestId });
const progress = { inputTokens: 12, outputTokens: 0, charges: example.charges };
const nothingNew = (): CallProgress => progress;

/** Takes everything, and may lose it. */
class ForgetfulBus extends MemoryBus {
  readonly taken: string[] = [];
  private readonly listeners = new Set<ServerChanged>();

  constructor() {
    super(silentLogger);
  }

  override async publishEncoded({ id }: EncodedEvent): Promise<void> {
    this.taken.push(id);
  }

  override onServerChanged(listener?: ServerChanged): () => void {
    if (listener) this.listeners.add(listener);
    return () => void this.listeners.delete(listener!);
  }

  restart(): void {
    for (const listener of this.listeners) listener(1_000);
  }
}

describe('the spool', () => {
  let directory: string;
  let bus: MemoryBus;
  let received: UsageReport[];
  let failing: boolean;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ao-spool-'));
    bus = new MemoryBus(silentLogger);
    received = [];
    failing = false;
    await bus.subscribe(usageReportedV1, { kind: 'durable', name: 'test', batchSizeMax: 100 }, (events) => {
      if (failing) throw new AppError('backend_unavailable', 'away');
      received.push(...events.map(({ payload }) => payload));
    });
  });

  afterEach(async () => {
    await bus.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const open = (): Promise<FileSpool> =>
    FileSpool.open({
      directory,
      bus,
      clock: systemClock,
      logger: silentLogger,
      recordsMax: 10,
      syncIntervalMs: 5,
      keepMs: 0,
    });
  const files = (): string[] => readdirSync(directory).filter((name) => name.endsWith('.spool'));

  it('[MT-008] hands every finished call to the bus and keeps no file of it', async () => {
    const spool = await open();
    for (const requestId of ['req_1', 'req_2']) {
      spool.begin(report(requestId), nothingNew);
      spool.end(report(requestId));
    }
    await waitFor(() => received.length === 2);
    expect(received[0]).toEqual(report('req_1'));
    await spool.close();
    expect(files()).toEqual([]);
  });

  it('[BX-002] replays after a crash what the bus had not taken, and tells of calls that were cut off', async () => {
    failing = true;
    const crashed = await open();
    crashed.begin(report('req_1'), nothingNew);
    crashed.end(report('req_1'));
    crashed.begin(report('req_2'), nothingNew);
    // On disk within milliseconds. What a crash would leave behind is the file as it is then, its last line torn.
    await new Promise((resolve) => setTimeout(resolve, 100));
    const [file] = files();
    const text = readFileSync(join(directory, file!), 'utf8');
    failing = false;
    await crashed.close();
    await bus.close();
    rmSync(directory, { recursive: true });
    mkdirSync(directory);
    writeFileSync(join(directory, file!), `${text}{"kind":"end","repo`);
    received = [];

    bus = new MemoryBus(silentLogger);
    await bus.subscribe(
      usageReportedV1,
      { kind: 'durable', name: 'test' },
      (events) => void received.push(...events.map(({ payload }) => payload)),
    );
    const next = await open();
    await waitFor(() => received.length === 2);
    expect(received).toContainEqual(report('req_1'));
    expect(received).toContainEqual(
      expect.objectContaining({
        requestId: 'req_2',
        status: 500,
        partial: true,
        usageSource: 'estimated',
        usage: usageOf({ inputTokens: 12 }),
      }),
    );
    await next.close();
    expect(files()).toEqual([]);
  });

  it('replays thousands of calls in the batches of their consumer, not one after the other', async () => {
    const lines = Array.from({ length: 5_000 }, (_, call) => encodeEnd(encodeReport(report(`req_${call}`))));
    writeFileSync(join(directory, 'earlier.spool'), lines.join(''));
    const sizes: number[] = [];
    await bus.subscribe(
      usageReportedV1,
      { kind: 'durable', name: 'metering', batchSizeMax: 500, batchWaitMs: 20 },
      (events) => void sizes.push(events.length),
    );
    const spool = await open();
    await waitFor(() => !files().includes('earlier.spool'), { timeoutMs: 10_000 });
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(5_000);
    expect(sizes.length).toBeLessThan(50);
    await spool.close();
  }, 20_000);

  it('leaves the calls alone that another process has under way', async () => {
    writeFileSync(join(directory, 'owner.lock'), JSON.stringify({ host: hostname(), pid: process.ppid }));
    writeFileSync(join(directory, '1-1-1.spool'), encodeBegin(report('req_1'), progress));
    const opened = open();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([received, files()]).toEqual([[], ['1-1-1.spool']]);
    rmSync(join(directory, 'owner.lock'));
    await (await opened).close();
  });

  it('[BX-002] sends again what a bus had taken that is another process now, also after it was replayed', async () => {
    const forgetful = new ForgetfulBus();
    const openOn = (): Promise<FileSpool> =>
      FileSpool.open({
        directory,
        bus: forgetful,
        clock: systemClock,
        logger: silentLogger,
        recordsMax: 10,
        syncIntervalMs: 5,
        keepMs: 60_000,
      });
    const first = await openOn();
    first.end(report('req_1'));
    await waitFor(() => forgetful.taken.length === 1);
    // Its files outlive it: the bus may lose what it has.
    await first.close();
    const second = await openOn();
    second.end(report('req_2'));
    await waitFor(() => forgetful.taken.length === 3);
    expect(forgetful.taken.splice(0).toSorted()).toEqual(['req_1', 'req_1', 'req_2']);
    forgetful.restart();
    await waitFor(() => forgetful.taken.length === 2);
    expect(forgetful.taken.toSorted()).toEqual(['req_1', 'req_2']);
    await second.close();
  });

  it('says when it is full, and delivers all once the bus is back', async () => {
    failing = true;
    const spool = await open();
    for (let call = 0; call < 10; call += 1) spool.end(report(`req_${call}`));
    await waitFor(() => spool.isFull());
    failing = false;
    await waitFor(() => received.length === 10, { timeoutMs: 10_000 });
    expect(spool.isFull()).toBe(false);
    await spool.close();
  });
});
