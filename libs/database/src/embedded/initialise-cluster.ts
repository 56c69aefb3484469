import { spawn } from 'node:child_process';
import { chown, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { StartupError } from '@ao/kernel';
import type { Account } from './account.js';
import { executable, type PostgresBinaries } from './binaries.js';
import type { DataFolder } from './data-folder.js';

export const SUPERUSER = 'ai_orchestrator';
const INITDB_TIMEOUT_MS = 120_000;
const OUTPUT_LENGTH_MAX = 2_000;

/**
 * Makes the cluster unless it exists. It is built beside its place and moved there when complete, so that a kill half-way
 * leaves nothing that looks like data.
 *
 * @throws StartupError when initdb fails, or what is there is not a cluster this program can open
 */
export async function initialiseCluster(folder: DataFolder, binaries: PostgresBinaries): Promise<void> {
  if (await exists(folder.clusterDirectory)) return checkCluster(folder.clusterDirectory);
  const workspace = await mkdtemp(`${folder.clusterDirectory}.new-`);
  try {
    const fresh = path.join(workspace, 'cluster');
    const passwordFile = path.join(workspace, 'password');
    await writeFile(passwordFile, `${folder.password}\n`, { mode: 0o600 });
    await mkdir(fresh, { mode: 0o700 });
    for (const item of [workspace, fresh, passwordFile]) await giveTo(folder.account, item);
    await runInitdb(executable(binaries, 'initdb'), fresh, passwordFile, folder.account);
    await rename(fresh, folder.clusterDirectory);
  } catch (error) {
    // Another process that started at the same time may have been first; who owns the cluster is decided later.
    if (!(await exists(folder.clusterDirectory))) throw error;
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

async function checkCluster(clusterDirectory: string): Promise<void> {
  const version = (await readFile(path.join(clusterDirectory, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  if (version !== '' && (await exists(path.join(clusterDirectory, 'global', 'pg_control')))) return;
  throw damagedCluster(clusterDirectory, 'files of PostgreSQL are missing from it');
}

/** The one message for data that cannot be opened, whatever PostgreSQL called it. */
export function damagedCluster(clusterDirectory: string, reason: string): StartupError {
  return new StartupError(
    `The database in ${clusterDirectory} cannot be opened: ${reason}. Restore that folder from a backup, move it away to start empty, or set DATABASE_URL.`,
  );
}

async function runInitdb(program: string, directory: string, passwordFile: string, account: Account): Promise<void> {
  const child = spawn(
    program,
    [
      `--pgdata=${directory}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-instructions',
    ],
    {
      ...account,
      cwd: directory,
      env: { LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: INITDB_TIMEOUT_MS,
      killSignal: 'SIGKILL',
    },
  );
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output = (output + chunk).slice(-OUTPUT_LENGTH_MAX)));
  await new Promise<void>((resolve, reject) => {
    child.once('error', (error) =>
      reject(new StartupError(`The built-in PostgreSQL cannot run: ${error.message}. Reinstall, or set DATABASE_URL.`)),
    );
    child.once('close', (code) => {
      if (code === 0) resolve();
      else
        reject(new StartupError(`The database folder could not be prepared: ${output.trim() || 'initdb was stopped'}`));
    });
  });
}

async function giveTo(account: Account, item: string): Promise<void> {
  if (account.uid !== undefined && account.gid !== undefined) await chown(item, account.uid, account.gid);
}

async function exists(item: string): Promise<boolean> {
  return (await stat(item).catch(() => null)) !== null;
}
