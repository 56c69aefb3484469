import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { StartupError } from '@ao/kernel';

export interface MigrationFile {
  /** The folder's name, which is also the order: `20260102150405_what_it_does`. */
  name: string;
  sql: string;
  /** SHA-256 of the file in hex, as Prisma keeps it. */
  checksum: string;
}

/**
 * Reads `<directory>/<name>/migration.sql`, the layout of `prisma migrate`, in the order they apply.
 *
 * @throws StartupError when the folder or one of its files cannot be read
 */
export async function readMigrations(directory: string): Promise<MigrationFile[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: Error) => {
    throw new StartupError(`The migrations folder ${directory} cannot be read: ${error.message}`);
  });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(names.sort().map((name) => readMigration(directory, name)));
}

async function readMigration(directory: string, name: string): Promise<MigrationFile> {
  const file = path.join(directory, name, 'migration.sql');
  const bytes = await readFile(file).catch((error: Error) => {
    throw new StartupError(`The migration ${file} cannot be read: ${error.message}`);
  });
  return { name, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') };
}
