import { readFile, stat } from 'node:fs/promises';
import { StartupError } from '@ao/kernel';

/** The operating system's user that PostgreSQL runs as; empty when it is simply our own. */
export interface Account {
  uid?: number;
  gid?: number;
}

const CANDIDATES = ['postgres', 'nobody'];

/**
 * PostgreSQL refuses to run as root. When we are root, it runs as the owner of the existing data, else as `postgres`, else
 * as `nobody`; a user that is added later must not make the data unreadable.
 *
 * @throws StartupError when the machine has neither user
 */
export async function chooseAccount(clusterDirectory: string): Promise<Account> {
  if (process.getuid?.() !== 0) return {};
  const existing = await stat(clusterDirectory).catch(() => null);
  if (existing !== null && existing.uid !== 0) return { uid: existing.uid, gid: existing.gid };
  const users = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n').map((line) => line.split(':'));
  for (const name of CANDIDATES) {
    const [, , uid, gid] = users.find((fields) => fields[0] === name) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new StartupError(
    'PostgreSQL cannot run as root and there is no user "postgres" or "nobody". Start as another user, or set DATABASE_URL.',
  );
}
