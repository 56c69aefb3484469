import { readFileSync } from 'node:fs';
import { readFile, readlink, realpath, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What a running (or killed) server says about itself in `postmaster.pid`. */
export interface PostmasterFile {
  pid: number;
  startedAtMs: number;
  port: number;
}

const fileOf = (clusterDirectory: string): string => path.join(clusterDirectory, 'postmaster.pid');

/** A file without content; no running server has one, only one that is just starting or was killed doing so. */
export async function isAbandonedStart(clusterDirectory: string, olderThanMs: number): Promise<boolean> {
  const found = await stat(fileOf(clusterDirectory)).catch(() => null);
  return found?.size === 0 && Date.now() - found.mtimeMs > olderThanMs;
}

export async function removePostmasterFile(clusterDirectory: string): Promise<void> {
  await rm(fileOf(clusterDirectory), { force: true });
}

/** Null when there is none, or it is still being written. Lines: pid, folder, start in seconds, port. */
export async function readPostmasterFile(clusterDirectory: string): Promise<PostmasterFile | null> {
  const lines = (await readFile(fileOf(clusterDirectory), 'utf8').catch(() => '')).split('\n');
  const [pid, startedAtSeconds, port] = [lines[0], lines[2], lines[3]].map(Number);
  return pid && startedAtSeconds && port ? { pid, startedAtMs: startedAtSeconds * 1_000, port } : null;
}

/**
 * PostgreSQL refuses to start while the process named in the file lives, but after a reboot or in a new container that
 * number may belong to anyone. It does not mind its own parent, which is us; keeping the rest of the file keeps its check
 * that no process of the dead server still uses the shared memory.
 */
export async function disownPostmasterFile(clusterDirectory: string): Promise<void> {
  const [, ...rest] = (await readFile(fileOf(clusterDirectory), 'utf8')).split('\n');
  await writeFile(fileOf(clusterDirectory), [process.pid, ...rest].join('\n'));
}

/** Whether `pid` is a server running on this folder: `dead`, `other` (the number was given to someone else) or `running`. */
export async function inspectProcess(pid: number, clusterDirectory: string): Promise<'dead' | 'other' | 'running'> {
  if (!isTaken(pid)) return 'dead';
  if (process.platform !== 'linux') return 'running';
  // A server's working directory is its data folder; a zombie has none.
  const workingDirectory = await readlink(`/proc/${pid}/cwd`).catch(() => null);
  return workingDirectory === (await realpath(clusterDirectory)) ? 'running' : 'other';
}

export function isAlive(pid: number): boolean {
  return isTaken(pid) && !(process.platform === 'linux' && isZombie(pid));
}

/** Whether the number belongs to any process, a zombie included: that is all PostgreSQL looks at. */
function isTaken(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Dead, but nobody has collected it: in containers whose first process does not, that lasts for ever. */
function isZombie(pid: number): boolean {
  try {
    return /\) Z [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
