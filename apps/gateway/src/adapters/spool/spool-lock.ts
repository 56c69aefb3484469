import { open, readFile, stat, unlink, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { StartupError, sleep } from '@ao/kernel';

const FILE = 'owner.lock';
const BEAT_MS = 2_000;
/** Several beats: a process that is only busy still counts as alive. */
const STALE_MS = 10_000;
const RETRY_MS = 100;

interface Holder {
  host: string;
  pid: number;
}

/**
 * One process per spool: another one would replay the calls that are under way here as interrupted, at no cost. The lock
 * is a file that its owner touches; that of a process that died is taken over, at once where it can be told.
 */
export class SpoolLock {
  private readonly timer: NodeJS.Timeout;

  private constructor(private readonly path: string) {
    this.timer = setInterval(() => void this.beat(), BEAT_MS);
    this.timer.unref();
  }

  /**
   * @param waitMs How long to wait for another process to end, or for its lock to age.
   * @throws StartupError when a living process has the folder.
   */
  static async acquire(directory: string, waitMs = STALE_MS + BEAT_MS): Promise<SpoolLock> {
    const path = join(directory, FILE);
    const deadlineMs = performance.now() + waitMs;
    while (!(await create(path))) {
      if (await isLeftBehind(path)) await removeIfThere(path);
      else if (performance.now() < deadlineMs) await sleep(RETRY_MS);
      else throw new StartupError(`another gateway uses ${directory}: stop it, or give each its own AO_DATA_DIR`);
    }
    return new SpoolLock(path);
  }

  async release(): Promise<void> {
    clearInterval(this.timer);
    await removeIfThere(this.path);
  }

  private async beat(): Promise<void> {
    const now = new Date();
    // A disk that fails now fails the spool too, which says so.
    await utimes(this.path, now, now).catch(() => undefined);
  }
}

async function create(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(JSON.stringify({ host: hostname(), pid: process.pid } satisfies Holder));
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isLeftBehind(path: string): Promise<boolean> {
  try {
    if (Date.now() - (await stat(path)).mtimeMs > STALE_MS) return true;
    const { host, pid } = JSON.parse(await readFile(path, 'utf8')) as Holder;
    // Our own number: an earlier life of this container.
    return host === hostname() && (pid === process.pid || !isAlive(pid));
  } catch {
    // Gone, or being written: the next look will tell.
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function removeIfThere(path: string): Promise<void> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
