import { sleep, type Logger } from '@ao/kernel';
import { StartupError } from '@ao/kernel';
import type { DataFolder } from './data-folder.js';
import { becomeOwner } from './owner-session.js';
import {
  disownPostmasterFile,
  inspectProcess,
  isAbandonedStart,
  readPostmasterFile,
  removePostmasterFile,
  type PostmasterFile,
} from './postmaster-file.js';
import { stopPostmaster } from './stop-process.js';

/** Recovery after a crash replays at most a few checkpoints of WAL. */
const DEADLINE_MS = 60_000;
const CHECK_EVERY_MS = 200;
/** A server this young may be ready before the process that started it has had time to claim it. */
const YOUNG_MS = 3_000;
const STOP_TIMEOUT_MS = 10_000;

export function clusterInUse(clusterDirectory: string): StartupError {
  return new StartupError(
    `Another process is using the database in ${clusterDirectory}. Stop it, or set another data folder or DATABASE_URL.`,
  );
}

/**
 * Clears the way to start a server on the folder: nothing to do after a clean stop; a server whose owner was killed is
 * stopped; the file of a killed server is left to PostgreSQL or, when its process number was reused, made harmless.
 *
 * @throws StartupError when a living process owns the server, or the server can be neither used nor stopped
 */
export async function settlePredecessor(folder: DataFolder, logger: Logger): Promise<void> {
  for (const startedMs = performance.now(); performance.now() - startedMs < DEADLINE_MS; await sleep(CHECK_EVERY_MS)) {
    const file = await readPostmasterFile(folder.clusterDirectory);
    if (file === null) {
      if (await isAbandonedStart(folder.clusterDirectory, YOUNG_MS))
        await removePostmasterFile(folder.clusterDirectory);
      return;
    }
    const state = await inspectProcess(file.pid, folder.clusterDirectory);
    if (state === 'dead') return;
    if (state === 'other') return disownPostmasterFile(folder.clusterDirectory);
    if (await stoppedOrphan(folder, file, logger)) return;
  }
  throw new StartupError(
    `postmaster.pid in ${folder.clusterDirectory} names a process that runs but does not answer. Stop that process; if it is not PostgreSQL, delete the file.`,
  );
}

/** False: not known yet, look again. */
async function stoppedOrphan(folder: DataFolder, file: PostmasterFile, logger: Logger): Promise<boolean> {
  const attempt = await becomeOwner(file.port, folder.password, logger);
  if (attempt.kind === 'owned') throw clusterInUse(folder.clusterDirectory);
  if (attempt.kind !== 'owner') return false;
  if (Date.now() - file.startedAtMs < YOUNG_MS) {
    await attempt.session.end();
    return false;
  }
  logger.warn({ pid: file.pid }, 'the database server of a killed process is still running, stopping it');
  await stopPostmaster(file.pid, STOP_TIMEOUT_MS);
  return true;
}
