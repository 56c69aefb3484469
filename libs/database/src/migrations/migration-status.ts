import type { Database } from '../database.js';
import { readMigrations, type MigrationFile } from './migration-files.js';
import { readRecords, type MigrationRecord } from './migration-records.js';

/** All are names of migrations. */
export interface MigrationStatus {
  applied: string[];
  /** In the folder, not in the database: this build must not serve yet. */
  pending: string[];
  /** Applied by another build, not in the folder: normal while a newer release rolls out or back. */
  unknown: string[];
  /** Started by another tool and never finished. */
  failed: string[];
  /** Applied with other content than the folder holds. */
  edited: string[];
}

/** For readiness: serve when `pending` and `failed` are empty. */
export async function migrationStatus(options: { database: Database; directory: string }): Promise<MigrationStatus> {
  const files = await readMigrations(options.directory);
  return compareMigrations(files, await readRecords(options.database.pool, options.database.schema));
}

export function compareMigrations(
  files: readonly MigrationFile[],
  records: readonly MigrationRecord[],
): MigrationStatus {
  const fileByName = new Map(files.map((file) => [file.name, file]));
  const names = (wanted: (record: MigrationRecord) => boolean): string[] =>
    records.filter(wanted).map((record) => record.migration_name);
  const recorded = new Set(names(() => true));
  const differs = (record: MigrationRecord): boolean => {
    const file = fileByName.get(record.migration_name);
    return file !== undefined && file.checksum !== record.checksum;
  };
  return {
    applied: names((record) => record.finished_at !== null),
    pending: files.filter((file) => !recorded.has(file.name)).map((file) => file.name),
    unknown: names((record) => !fileByName.has(record.migration_name)),
    failed: names((record) => record.finished_at === null),
    edited: names((record) => record.finished_at !== null && differs(record)),
  };
}
