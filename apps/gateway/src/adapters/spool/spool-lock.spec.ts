import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { SpoolLock } from './spool-lock.js';

describe('the lock of a spool', () => {
  let directory: string;

  beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'ao-lock-'))));
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const heldBy = async (holder: object, agoMs = 0): Promise<void> => {
    const path = join(directory, 'owner.lock');
    await writeFile(path, JSON.stringify(holder));
    const touchedAt = new Date(Date.now() - agoMs);
    await utimes(path, touchedAt, touchedAt);
  };
  const acquire = (waitMs = 0): Promise<SpoolLock> => SpoolLock.acquire(directory, waitMs);

  it.each([
    ['a living process of this machine', { host: hostname(), pid: process.ppid }],
    ['a process of another machine', { host: 'elsewhere', pid: 1 }],
  ])('refuses the folder of %s, saying what to set', async (_case, holder) => {
    await heldBy(holder);
    await expect(acquire()).rejects.toThrow(/own AO_DATA_DIR/);
  });

  it.each([
    ['a process that died', { host: hostname(), pid: 2 ** 30 }, 0],
    ['an earlier life of this container', { host: hostname(), pid: process.pid }, 0],
    ['a process that has not been heard of', { host: 'elsewhere', pid: 1 }, 60_000],
  ])('takes over from %s', async (_case, holder, agoMs) => {
    await heldBy(holder, agoMs);
    await (await acquire()).release();
    expect(await readdir(directory)).toEqual([]);
  });

  it('waits for a process that is just ending', async () => {
    await heldBy({ host: hostname(), pid: process.ppid });
    setTimeout(() => void rm(join(directory, 'owner.lock')), 150);
    await (await acquire(5_000)).release();
    expect(await readdir(directory)).toEqual([]);
  });
});
