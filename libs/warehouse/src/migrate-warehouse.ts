import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError, silentLogger, type Logger } from '@ao/kernel';
import type { Warehouse } from './warehouse.js';

export interface MigrateWarehouseOptions {
  warehouse: Warehouse;
  /** Holds `0001_what_it_does.sql`, `0002_…`; applied in that order. */
  directory: string;
  /** Of each statement. */
  deadlineMs?: number;
  logger?: Logger;
}

const FILE_NAME = /^\d{4}_[a-z0-9_]+\.sql$/;
const DEADLINE_MS = 300_000;

/** Two replicas may record the same migration at once; the engine keeps one of equal names. */
const RECORDS_DDL = `
CREATE TABLE IF NOT EXISTS schema_migrations (name String, checksum String, applied_at DateTime64(3) DEFAULT now64(3))
ENGINE = ReplacingMergeTree(applied_at) ORDER BY name`;

/**
 * Applies what is not recorded in `schema_migrations` and gives its names. ClickHouse has neither transactions nor locks for
 * this, so every statement must be repeatable (IF NOT EXISTS): a migration that stopped half-way, or that two replicas
 * run at once, is simply run again from its start. A statement ends with a semicolon at the end of a line.
 *
 * @throws AppError internal_error naming the migration, when a statement is refused or a file was edited after it was applied
 */
export async function migrateWarehouse(options: MigrateWarehouseOptions): Promise<string[]> {
  const { warehouse, directory, deadlineMs = DEADLINE_MS, logger = silentLogger } = options;
  const files = await readMigrations(directory);
  await warehouse.ensureDatabase();
  await warehouse.command(RECORDS_DDL, {}, { deadlineMs });
  const records = await warehouse.query<{ name: string; checksum: string }>(
    'SELECT name, checksum FROM schema_migrations FINAL',
  );
  const checksums = new Map(records.map((record) => [record.name, record.checksum]));
  const edited = files.find((file) => checksums.has(file.name) && checksums.get(file.name) !== file.checksum);
  if (edited)
    throw migrationError(edited.name, 'was edited after it was applied: restore it and put the change into a new file');
  const pending = files.filter((file) => !checksums.has(file.name));
  for (const file of pending) {
    for (const statement of file.statements) await apply(warehouse, file.name, statement, deadlineMs);
    await warehouse.insert('schema_migrations', [{ name: file.name, checksum: file.checksum }]);
    logger.info({ migration: file.name }, 'analytics migration applied');
  }
  return pending.map((file) => file.name);
}

async function apply(warehouse: Warehouse, name: string, statement: string, deadlineMs: number): Promise<void> {
  try {
    await warehouse.command(statement, {}, { deadlineMs });
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw migrationError(name, `failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

interface WarehouseMigration {
  name: string;
  checksum: string;
  statements: string[];
}

async function readMigrations(directory: string): Promise<WarehouseMigration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  const misnamed = names.find((name) => !FILE_NAME.test(name));
  if (misnamed) throw migrationError(misnamed, `must be named like 0001_create_requests.sql`);
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(path.join(directory, name), 'utf8');
      return { name, checksum: createHash('sha256').update(sql).digest('hex'), statements: splitStatements(sql) };
    }),
  );
}

/** At semicolons that end a line; parts that hold only comments are left out. */
export function splitStatements(sql: string): string[] {
  const parts = sql.split(/;[ \t]*$/m).map((part) => part.trim());
  return parts.filter((part) => part.replace(/--.*$/gm, '').trim() !== '');
}

function migrationError(name: string, problem: string): AppError {
  return new AppError('internal_error', `Analytics migration ${name} ${problem}.`);
}
