import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '@ao/kernel';
import { StartupError } from '@ao/kernel';
import { chooseAccount, type Account } from './account.js';
import { canReach, SHARED_HOME } from './reachable.js';

/** The pieces of one embedded database on disk. */
export interface DataFolder {
  account: Account;
  /** PostgreSQL's own folder (PGDATA); may not exist yet. */
  clusterDirectory: string;
  password: string;
}

const PASSWORD_FILE = 'password';
/** Names the cluster's folder when it cannot lie in the data folder itself. */
const LOCATION_FILE = 'cluster-location';

/**
 * Opens `dataDirectory`, or lays it out: the password (readable by us alone), and the cluster or a note of where it is.
 *
 * @throws StartupError when the folder cannot be used or its password is gone
 */
export async function openDataFolder(
  dataDirectory: string,
  logger: Logger,
  sharedHome = SHARED_HOME,
): Promise<DataFolder> {
  try {
    await mkdir(dataDirectory, { recursive: true });
  } catch (error) {
    throw new StartupError(`The data folder ${dataDirectory} cannot be created: ${(error as Error).message}.`);
  }
  const { account, clusterDirectory } = await placeCluster(dataDirectory, logger, sharedHome);
  return { account, clusterDirectory, password: await openPassword(dataDirectory, clusterDirectory) };
}

async function placeCluster(
  dataDirectory: string,
  logger: Logger,
  sharedHome: string,
): Promise<Omit<DataFolder, 'password'>> {
  const noted = await readFile(path.join(dataDirectory, LOCATION_FILE), 'utf8').catch(() => null);
  const clusterDirectory = noted?.trim() || path.resolve(dataDirectory, 'cluster');
  const account = await chooseAccount(clusterDirectory);
  await mkdir(path.dirname(clusterDirectory), { recursive: true });
  if (await canReach(account, path.dirname(clusterDirectory))) return { account, clusterDirectory };
  if ((await stat(clusterDirectory).catch(() => null)) !== null) {
    throw new StartupError(
      `${clusterDirectory} lies under a folder closed to the user PostgreSQL runs as. Open that folder (chmod o+x).`,
    );
  }
  // A fresh name, not one derived from the path: after `rm -rf` of the data folder everything starts empty, as expected.
  const elsewhere = path.join(sharedHome, `postgres-${randomBytes(6).toString('hex')}`, 'cluster');
  await mkdir(path.dirname(elsewhere), { recursive: true, mode: 0o755 });
  const agreed = await createOnce(path.join(dataDirectory, LOCATION_FILE), `${elsewhere}\n`);
  logger.info(
    { dataDirectory, clusterDirectory: agreed.trim() },
    'data folder is closed to the database user, keeping the data elsewhere',
  );
  return { account, clusterDirectory: agreed.trim() };
}

async function openPassword(dataDirectory: string, clusterDirectory: string): Promise<string> {
  const file = path.join(dataDirectory, PASSWORD_FILE);
  const existing = await readFile(file, 'utf8').catch(() => null);
  if (existing !== null) return existing.trim();
  if ((await stat(clusterDirectory).catch(() => null)) !== null) {
    throw new StartupError(
      `${file} is missing or unreadable, and the data in ${clusterDirectory} needs it. Restore it, or move both away to start empty.`,
    );
  }
  return (await createOnce(file, `${randomBytes(24).toString('base64url')}\n`)).trim();
}

/** Writes the file unless another process was first; gives what the file then holds. A half-written file is never seen. */
async function createOnce(file: string, content: string): Promise<string> {
  const temporary = `${file}.new-${randomBytes(6).toString('hex')}`;
  await writeFile(temporary, content, { mode: 0o600 });
  await link(temporary, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(temporary);
  return readFile(file, 'utf8');
}
