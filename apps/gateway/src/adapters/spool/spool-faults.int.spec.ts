import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { usageOf } from '@ao/pricing';
import { guardProcess, waitFor } from '@ao/testing';
import type { SpoolFigures } from './file-spool.js';

jest.setTimeout(90_000);

const LOADER = new URL('../../../../../libs/testing/jest/load-sources.mjs', import.meta.url).href;
const SYNC_INTERVAL_MS = 20;

/** A gateway reduced to its spool: it takes orders line by line, and tells what reached the bus and what it sees. */
const PROGRAM = `
  import { createInterface } from 'node:readline';
  import { usageReport, usageReportExample } from '@ao/contracts';
  import { systemClock } from '@ao/kernel';
  import { FileSpool } from '${new URL('file-spool.ts', import.meta.url).href}';

  const say = (told) => process.stdout.write(JSON.stringify(told) + '\\n');
  const example = usageReport.parse(usageReportExample);
  const log = (level) => (facts, text) => say({ level, text, reason: facts.err?.code });
  const logger = { error: log('error'), warn: log('warn'), info: log('info'), debug() {} };
  let away = process.env.BUS === 'away';
  const bus = {
    onServerChanged: () => () => undefined,
    async publishEncoded({ id, payload }) {
      if (away) throw new Error('away');
      say({ id, payload });
    },
  };
  const spool = await FileSpool.open({
    directory: process.env.DIRECTORY, bus, clock: systemClock, logger, recordsMax: 500, syncIntervalMs: ${SYNC_INTERVAL_MS}, keepMs: 0,
  }).catch((error) => {
    say({ refused: error.message });
    process.exit(1);
  });
  say({ ready: true });
  const orders = {
    calls(from, to) {
      for (let call = from; call < to; call += 1) {
        const report = { ...example, requestId: 'req_' + call };
        spool.begin(report, () => ({ inputTokens: 5, outputTokens: 0, charges: report.charges }));
        spool.end(report);
      }
    },
    stream(requestId, outputTokens) {
      let sent = 0;
      spool.begin({ ...example, requestId }, () => ({ inputTokens: 5, outputTokens: sent, charges: example.charges }));
      sent = outputTokens;
    },
    back() { away = false; },
    figures() { say({ figures: { ...spool.figures(), isFull: spool.isFull() } }); },
    async close() { await spool.close(); process.exit(0); },
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const [order, ...values] = JSON.parse(line);
    await orders[order](...values);
  }`;

interface Told {
  id?: string;
  payload?: string;
  ready?: boolean;
  refused?: string;
  level?: string;
  text?: string;
  reason?: string;
  figures?: SpoolFigures & { isFull: boolean };
}

class SpoolProgram {
  private static readonly started = new Set<SpoolProgram>();
  readonly told: Told[] = [];
  readonly exited: Promise<void>;
  private readonly child: ChildProcess;

  /** @param fileBytesMax No file may grow beyond this: to a program, a disk that is full. */
  constructor(directory: string, options: { bus?: 'away'; fileBytesMax?: number } = {}) {
    const program = [process.execPath, '--import', LOADER, '--input-type=module', '-e', PROGRAM];
    // Ignored, the signal becomes an error of the write. Blocks of 512 bytes.
    const limited = ['sh', '-c', `trap '' XFSZ; ulimit -S -f ${(options.fileBytesMax ?? 0) / 512}; exec "$@"`, 'sh'];
    const [command, ...args] = options.fileBytesMax === undefined ? program : [...limited, ...program];
    this.child = spawn(command!, args, {
      cwd: fileURLToPath(new URL('../../../../../', import.meta.url)),
      env: { PATH: process.env['PATH'], DIRECTORY: directory, ...(options.bus && { BUS: options.bus }) },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.told.push(JSON.parse(line) as Told));
    const release = guardProcess(this.child.pid!);
    this.exited = new Promise((resolve) => this.child.once('close', () => (release(), resolve())));
  }

  static async start(...[directory, options]: ConstructorParameters<typeof SpoolProgram>): Promise<SpoolProgram> {
    const program = new SpoolProgram(directory, options);
    SpoolProgram.started.add(program);
    await waitFor(() => program.told.some(({ ready, refused }) => ready ?? refused), { timeoutMs: 30_000 });
    return program;
  }

  /** Also those that a failed test left behind. */
  static async killAll(): Promise<void> {
    await Promise.all([...SpoolProgram.started].map((program) => program.kill()));
    SpoolProgram.started.clear();
  }

  order(...order: [string, ...(string | number)[]]): void {
    this.child.stdin!.write(`${JSON.stringify(order)}\n`);
  }

  async figures(): Promise<SpoolFigures & { isFull: boolean }> {
    const before = this.told.length;
    this.order('figures');
    const told = await waitFor(() => this.told.slice(before).find(({ figures }) => figures));
    return (told as Told).figures!;
  }

  get published(): Told[] {
    return this.told.filter(({ id }) => id !== undefined);
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  async close(): Promise<void> {
    this.order('close');
    await this.exited;
  }
}

describe('the spool of a process that fails', () => {
  let directory: string;
  beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'ao-spool-faults-'))));
  afterEach(async () => {
    await SpoolProgram.killAll();
    await rm(directory, { recursive: true, force: true });
  });

  const files = async (): Promise<string[]> => (await readdir(directory)).filter((name) => name.endsWith('.spool'));
  const idsOf = (told: Told[]): string[] => told.map(({ id }) => id!).toSorted();
  const ids = (from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, index) => `req_${from + index}`).toSorted();

  it('[BX-002] loses no call that ended before the last sync when it is killed while the bus is away', async () => {
    const first = await SpoolProgram.start(directory, { bus: 'away' });
    first.order('calls', 0, 300);
    await waitFor(async () => (await first.figures()).bytes > 0);
    await new Promise((resolve) => setTimeout(resolve, 5 * SYNC_INTERVAL_MS));
    await first.kill();
    expect(first.published).toEqual([]);

    const second = await SpoolProgram.start(directory);
    await waitFor(() => second.published.length >= 300, { timeoutMs: 20_000 });
    await second.close();
    expect(idsOf(second.published)).toEqual(ids(0, 300));
    expect(await files()).toEqual([]);
  });

  it('[BX-002] says the same under the same ids when it is killed between the bus and the removal of the file', async () => {
    const first = await SpoolProgram.start(directory);
    first.order('calls', 0, 100);
    await waitFor(() => first.published.length === 100);
    await first.kill();
    const second = await SpoolProgram.start(directory);
    await waitFor(() => second.published.length === 100, { timeoutMs: 20_000 });
    await second.close();
    const told = ({ id, payload }: Told): [string, unknown] => [id!, JSON.parse(payload!)];
    expect(new Map(second.published.map(told))).toEqual(new Map(first.published.map(told)));
    expect(await files()).toEqual([]);
  });

  it('[BX-002] [MT-009] bills a stream that it was killed in for what it had sent, to within a second', async () => {
    const first = await SpoolProgram.start(directory);
    first.order('stream', 'req_1', 40);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await first.kill();
    const second = await SpoolProgram.start(directory);
    await waitFor(() => second.published.length === 1, { timeoutMs: 20_000 });
    expect(JSON.parse(second.published[0]!.payload!)).toMatchObject({
      requestId: 'req_1',
      status: 500,
      partial: true,
      usageSource: 'estimated',
      usage: usageOf({ inputTokens: 5, outputTokens: 40 }),
    });
    await second.close();
  });

  it('[BX-002] serves new calls while old ones wait for a bus that is away at the start, and delivers all when it is back', async () => {
    const first = await SpoolProgram.start(directory, { bus: 'away' });
    first.order('calls', 0, 50);
    await new Promise((resolve) => setTimeout(resolve, 10 * SYNC_INTERVAL_MS));
    await first.kill();
    const second = await SpoolProgram.start(directory, { bus: 'away' });
    second.order('calls', 50, 80);
    await waitFor(async () => (await second.figures()).recordsWaiting === 30);
    expect(await second.figures()).toMatchObject({ filesToReplay: 1, recordsReplayed: 0 });
    expect((await second.figures()).oldestRecordAgeMs).toBeGreaterThan(0);
    second.order('back');
    await waitFor(() => second.published.length === 80, { timeoutMs: 20_000 });
    await waitFor(async () => (await second.figures()).filesToReplay === 0);
    expect(await second.figures()).toMatchObject({ recordsWaiting: 0, recordsReplayed: 50, oldestRecordAgeMs: 0 });
    await second.close();
    expect(idsOf(second.published)).toEqual(ids(0, 80));
    expect(await files()).toEqual([]);
  });

  it('[BX-002] goes on from memory on a full disk, says so once, keeps its bound, and writes again when there is room', async () => {
    const program = await SpoolProgram.start(directory, { bus: 'away', fileBytesMax: 65_536 });
    // Each call has about two kilobytes: the first calls fill the disk.
    program.order('calls', 0, 200);
    await waitFor(async () => (await program.figures()).writeErrors > 0);
    program.order('calls', 200, 499);
    await waitFor(async () => (await program.figures()).recordsWaiting === 499);
    expect((await program.figures()).isFull).toBe(false);
    program.order('calls', 499, 500);
    expect((await program.figures()).isFull).toBe(true);
    const complaints = program.told.filter(({ level, text }) => level === 'error' && /cannot be written/.test(text!));
    expect(complaints).toEqual([expect.objectContaining({ reason: 'EFBIG' })]);
    program.order('back');
    await waitFor(() => program.published.length === 500, { timeoutMs: 30_000 });
    expect(idsOf(program.published)).toEqual(ids(0, 500));

    const { writeErrors } = await program.figures();
    // Room again, behind a record that is cut in the middle.
    for (const name of await files()) await truncate(join(directory, name), 40_001);
    program.order('stream', 'req_after', 3);
    await waitFor(() => program.told.some(({ text }) => /written to the spool again/.test(text ?? '')));
    expect((await program.figures()).writeErrors).toBe(writeErrors);
    await program.kill();
    const next = await SpoolProgram.start(directory);
    await waitFor(() => next.published.some(({ id }) => id === 'req_after'), { timeoutMs: 20_000 });
    await waitFor(async () => (await next.figures()).filesToReplay === 0);
    expect(await next.figures()).toMatchObject({ damagedLines: 1 });
    await next.close();
    expect((await readdir(directory)).map((name) => name.replace(/^[\d-]+/, ''))).toEqual(['.spool.damaged']);
  });

  it('[BX-002] is refused while another process has its folder', async () => {
    const first = await SpoolProgram.start(directory, { bus: 'away' });
    first.order('calls', 0, 10);
    const second = await SpoolProgram.start(directory);
    expect(second.told).toEqual([{ refused: expect.stringMatching(/another gateway uses .*own AO_DATA_DIR/) }]);
    expect(second.published).toEqual([]);
    await first.kill();
    const third = await SpoolProgram.start(directory);
    await waitFor(() => third.published.length === 10, { timeoutMs: 20_000 });
    await third.close();
  });
});
