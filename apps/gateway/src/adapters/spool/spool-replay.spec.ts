import { mkdir, mkdtemp, readdir, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { usageReportExample, usageReportedV1, type UsageReport } from '@ao/contracts';
import { AppError, nanoUsd, silentLogger } from '@ao/kernel';
import { usageOf } from '@ao/pricing';
import { waitFor } from '@ao/testing';
import { encodeBegin, encodeEnd, encodeProgress, encodeReport } from './segment.js';
import { SpoolReplay } from './spool-replay.js';

const example = usageReportedV1.payload.parse(usageReportExample) as UsageReport;
const report = (requestId: string, changes: Partial<UsageReport> = {}): UsageReport => ({
  ...example,
  requestId,
  ...changes,
});
const progress = (outputTokens: number, charges = example.charges): Parameters<typeof encodeProgress>[1] => ({
  inputTokens: 12,
  outputTokens,
  charges,
});
const begin = (requestId: string): string => encodeBegin(report(requestId), progress(0));
const end = (requestId: string, changes: Partial<UsageReport> = {}): string =>
  encodeEnd(encodeReport(report(requestId, changes)));

describe('the replay of a spool', () => {
  let directory: string;
  let published: UsageReport[];
  let stopping: AbortController;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ao-replay-'));
    published = [];
    stopping = new AbortController();
  });
  afterEach(async () => {
    stopping.abort();
    await rm(directory, { recursive: true, force: true });
  });

  const write = async (files: Record<string, string | Buffer>): Promise<string[]> => {
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(directory, name), text)));
    return Object.keys(files).map((name) => join(directory, name));
  };
  const replayOf = (
    paths: string[],
    publish = async (sent: UsageReport): Promise<boolean> => published.push(sent) > 0,
  ): SpoolReplay =>
    new SpoolReplay({ remove: unlink, paths, publish, inFlightMax: 8, logger: silentLogger, signal: stopping.signal });
  const ids = (): string[] => published.map(({ requestId }) => requestId);

  it('[BX-002] tells of every call once, whichever files it began and ended in, and leaves nothing', async () => {
    const paths = await write({ '1.spool': begin('req_1') + begin('req_2') + end('req_2'), '2.spool': end('req_1') });
    const replay = replayOf(paths);
    await replay.run();
    expect(published).toEqual([report('req_2'), report('req_1')]);
    expect(await readdir(directory)).toEqual([]);
    expect([replay.replayed, replay.damagedLines, replay.waiting]).toEqual([2, 0, { files: 0, bytes: 0 }]);
  });

  it('[BX-002] [MT-009] bills a call that the crash cut off for its prompt, and a stream for what had been sent of it', async () => {
    const charges = [...example.charges, { walletId: 'wal_1', leaseId: 'lse_2', reserved: nanoUsd(7n) }];
    const paths = await write({
      '1.spool': begin('req_1') + begin('req_2') + encodeProgress('req_2', progress(30)),
      '2.spool': encodeProgress('req_2', progress(75, charges)),
    });
    await replayOf(paths).run();
    const cutOff = { status: 500, errorCode: 'internal_error', partial: true, usageSource: 'estimated' };
    expect(published).toEqual([
      expect.objectContaining({ ...cutOff, requestId: 'req_1', usage: usageOf({ inputTokens: 12 }) }),
      expect.objectContaining({
        ...cutOff,
        requestId: 'req_2',
        usage: usageOf({ inputTokens: 12, outputTokens: 75 }),
        charges,
      }),
    ]);
  });

  it('reads a file of an older version: no token figures, and fields that came later are missing', async () => {
    const { cache: _cache, ...older } = JSON.parse(encodeReport(report('req_1'))) as Record<string, unknown>;
    const { charges: _charges, ...call } = older;
    const lines = [
      JSON.stringify({ kind: 'end', report: older }),
      JSON.stringify({ kind: 'begin', call: { ...call, charges: [], requestId: 'req_2' } }),
    ];
    await replayOf(await write({ '1.spool': `${lines.join('\n')}\n` })).run();
    expect(published).toEqual([
      report('req_1'),
      expect.objectContaining({ requestId: 'req_2', usageSource: 'none', usage: usageOf({}) }),
    ]);
  });

  it.each<[string, (line: string) => string | Buffer]>([
    ['the last line is torn', (line) => line + line.slice(0, 40)],
    [
      'the last line ends inside a character',
      (line) => Buffer.concat([Buffer.from(`${line}{"kind":"end é`), Buffer.from([0xc3])]),
    ],
    ['it is empty', () => ''],
    ['there are blank lines', (line) => `\n\n${line}\n`],
  ])('takes what it can and leaves nothing when %s, as a crash leaves it', async (_case, damage) => {
    const text = damage(end('req_1'));
    await replayOf(await write({ '1.spool': text })).run();
    expect(ids()).toEqual(text === '' ? [] : ['req_1']);
    expect(await readdir(directory)).toEqual([]);
  });

  it.each<[string, string | Buffer]>([
    ['garbage', Buffer.from([0x00, 0xff, 0x13, 0x0a])],
    ['half a record', `${end('req_3').slice(0, 200)}\n`],
    [
      'a character that is cut',
      Buffer.concat([
        Buffer.from('{"kind":"progress","requestId":"'),
        Buffer.from([0xc3]),
        Buffer.from('","outputTokens":1,"charges":[]}\n'),
      ]),
    ],
    ['a kind that nobody knows', '{"kind":"middle","requestId":"req_3"}\n'],
    ['a report that breaks its contract', end('req_3', { status: 9_999 })],
    ['a line that never seems to end', `${'x'.repeat(5_000_000)}\n`],
  ])(
    '[BX-002] goes on behind %s in the middle of a file, counts it, and keeps the file for people',
    async (_case, damage) => {
      const text = Buffer.concat([end('req_1'), damage, end('req_2')].map((part) => Buffer.from(part)));
      const replay = replayOf(await write({ '1.spool': text }));
      await replay.run();
      expect(ids()).toEqual(['req_1', 'req_2']);
      expect(replay.damagedLines).toBe(1);
      expect(await readdir(directory)).toEqual(['1.spool.damaged']);
    },
  );

  it('[BX-002] skips a file that cannot be read, holds nobody for interrupted meanwhile, and tries again until it can', async () => {
    // What is no file cannot be read by anybody, root included.
    await mkdir(join(directory, '2.spool'));
    const paths = [...(await write({ '1.spool': begin('req_1') + end('req_0') })), join(directory, '2.spool')];
    const replay = replayOf(paths);
    const run = replay.run();
    await waitFor(() => published.length === 1);
    expect(ids()).toEqual(['req_0']);
    expect([replay.waiting.files, (await readdir(directory)).toSorted()]).toEqual([2, ['1.spool', '2.spool']]);
    await rm(join(directory, '2.spool'), { recursive: true });
    await writeFile(join(directory, '2.spool'), end('req_1'));
    await run;
    // The first try has told of `req_0` already: its id tells that it is the same.
    expect(published).toEqual([report('req_0'), report('req_0'), report('req_1')]);
    expect(await readdir(directory)).toEqual([]);
  });

  it('[BX-002] says the same of the same files however often it is cut short between the bus and the disk', async () => {
    const files = { '1.spool': begin('req_1') + begin('req_2') + end('req_1') };
    await replayOf(await write(files)).run();
    // As if the process had died after the last acknowledgement and before the file was gone.
    await replayOf(await write(files)).run();
    expect(published.slice(2)).toEqual(published.slice(0, 2));
    expect(ids()).toEqual(['req_1', 'req_2', 'req_1', 'req_2']);
  });

  it('keeps no more on its way than it may, and the files until the bus has all', async () => {
    const calls = Array.from({ length: 1_000 }, (_, call) => end(`req_${call}`)).join('');
    const waiting: ((taken: boolean) => void)[] = [];
    const paths = await write({ '1.spool': calls });
    const run = replayOf(paths, (sent) => {
      published.push(sent);
      return new Promise((resolve) => waiting.push(resolve));
    }).run();
    await waitFor(() => waiting.length === 8);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(waiting).toHaveLength(8);
    waiting.forEach((take) => take(true));
    await waitFor(() => waiting.length === 16);
    // The spool is closed: what the bus did not take is not done with.
    waiting.slice(8).forEach((take) => take(false));
    await run;
    expect(await readdir(directory)).toEqual(['1.spool']);
  });

  it('goes on after an error of the bus that nobody foresaw', async () => {
    let failures = 1;
    const paths = await write({ '1.spool': end('req_1') });
    await replayOf(paths, async (sent) => {
      if (failures-- > 0) throw new AppError('internal_error', 'unforeseen');
      return published.push(sent) > 0;
    }).run();
    expect(ids()).toEqual(['req_1']);
    expect(await readdir(directory)).toEqual([]);
  });
});
