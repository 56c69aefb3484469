import { cp, mkdtemp, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Account } from './account.js';
import type { PostgresBinaries } from './binaries.js';

/** Where things go that must not lie under a folder closed to others, such as the home of root. Only root needs it. */
export const SHARED_HOME = '/var/lib/ai-orchestrator';

/** Whether the account may enter `directory` and every folder above it. */
export async function canReach(account: Account, directory: string): Promise<boolean> {
  if (account.uid === undefined) return true;
  let current = await realpath(directory);
  for (;;) {
    const { uid, gid, mode } = await stat(current);
    const executeBit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & executeBit) === 0) return false;
    if (path.dirname(current) === current) return true;
    current = path.dirname(current);
  }
}

/** The binaries where the account can run them: in place if possible, else a copy made once per build. */
export async function reachableBinaries(
  binaries: PostgresBinaries,
  account: Account,
  sharedHome = SHARED_HOME,
): Promise<PostgresBinaries> {
  if (await canReach(account, path.join(binaries.directory, 'bin'))) return binaries;
  const directory = path.join(sharedHome, `postgresql-${binaries.build}`);
  if ((await stat(directory).catch(() => null)) === null) await copyWhole(binaries.directory, directory);
  return { ...binaries, directory };
}

/** The copy appears complete or not at all: another process may be making the same one. */
async function copyWhole(from: string, to: string): Promise<void> {
  const temporary = await mkdtemp(`${to}.new-`);
  try {
    // Links as they are: made absolute they would point back into the folder that cannot be reached.
    await cp(from, path.join(temporary, 'copy'), { recursive: true, verbatimSymlinks: true });
    await rename(path.join(temporary, 'copy'), to).catch(async (error: unknown) => {
      if ((await stat(to).catch(() => null)) === null) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
