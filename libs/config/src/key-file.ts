import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartupError } from '@ao/kernel';

const KEY_BYTES = 32;

/**
 * A 32-byte key from its configured base64 text, or else from a file that is made on first use with mode 0600.
 * @throws StartupError when the file holds no key or others can read it.
 */
export function loadKey(configured: string | undefined, path: string, settingName: string): Buffer {
  if (configured) return Buffer.from(configured, 'base64');
  try {
    makeFolder(dirname(path));
    const key = randomBytes(KEY_BYTES);
    writeFileSync(path, key.toString('base64'), { mode: 0o600, flag: 'wx' });
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new StartupError(`cannot write ${path}: check the permissions of the data folder, or set ${settingName}`, {
        cause: error,
      });
    }
  }
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    throw new StartupError(`${path} can be read by others: run chmod 600 on it, or set ${settingName}`);
  }
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
  if (key.length !== KEY_BYTES) {
    throw new StartupError(`${path} holds no key of 32 bytes: restore it from a backup, or set ${settingName}`);
  }
  return key;
}

/** Level by level: Node's recursive mkdir never returns where a parent exists and yet refuses children, as /proc does. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have been quicker.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
