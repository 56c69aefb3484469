import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { testingConfig } from './config.js';

/** Where Debian puts servers; not on the PATH of an ordinary user. */
const SYSTEM_FOLDERS = ['/usr/local/bin', '/usr/local/sbin', '/usr/sbin', '/usr/bin', '/opt/homebrew/bin'];

/**
 * The path of a server program.
 *
 * @throws Error that says how to get it; tests that need a real server fail without it, they are never skipped
 */
export function findProgram(name: string, configured: string | undefined, variable: string): string {
  const candidates = configured
    ? [configured]
    : [...testingConfig.path().split(path.delimiter), ...SYSTEM_FOLDERS]
        .filter(Boolean)
        .map((folder) => path.join(folder, name));
  const found = candidates.find(isExecutable);
  if (found) return found;
  throw new Error(
    configured
      ? `${variable} names ${configured}, which is not an executable file.`
      : `${name} is not installed. Install it (Debian: apt-get install ${name}; macOS: brew install ${name}) or set ${variable} to its path.`,
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
