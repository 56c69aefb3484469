import { chmod, mkdir, readlink, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { temporaryFolder, type TemporaryFolder } from '@ao/testing';
import { canReach, reachableBinaries } from './reachable.js';

const STRANGER = { uid: 65_534, gid: 65_534 };

describe('reachableBinaries', () => {
  let folder: TemporaryFolder;
  let native: string;

  beforeEach(async () => {
    folder = await temporaryFolder('reach');
    native = path.join(folder.path, 'home', 'native');
    await mkdir(path.join(native, 'bin'), { recursive: true });
    await writeFile(path.join(native, 'bin', 'postgres'), 'program', { mode: 0o755 });
    await symlink('postgres', path.join(native, 'bin', 'link'));
  });

  afterEach(() => folder.remove());

  it('uses the programs in place when the database user can reach them', async () => {
    const binaries = { directory: native, build: 'b1' };
    expect(await reachableBinaries(binaries, STRANGER, folder.path)).toBe(binaries);
  });

  it('copies them once, links included, when a folder above is closed', async () => {
    await chmod(path.join(folder.path, 'home'), 0o700);
    expect(await canReach(STRANGER, native)).toBe(false);
    const binaries = { directory: native, build: 'b1' };
    const copies = await Promise.all([1, 2].map(() => reachableBinaries(binaries, STRANGER, folder.path)));
    const directory = path.join(folder.path, 'postgresql-b1');
    expect(copies.map((copy) => copy.directory)).toEqual([directory, directory]);
    expect(await readlink(path.join(directory, 'bin', 'link'))).toBe('postgres');
    expect(await canReach(STRANGER, directory)).toBe(true);
  });
});
