import type { Queryable } from '../outbox/append-outbox.js';

/** One row of `_prisma_migrations` that was not rolled back. */
export interface MigrationRecord {
  migration_name: string;
  checksum: string;
  /** Null: it started and never finished. */
  finished_at: Date | null;
  logs: string | null;
}

/** Prisma's own table, to the letter, so that its tools recognise what we applied and the other way round. */
const RECORDS_DDL = `
CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

/** `schema` has been checked to be a plain identifier. */
export async function createRecords(client: Queryable, schema: string): Promise<void> {
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  await client.query(RECORDS_DDL);
}

/** Empty when the table does not exist yet. */
export async function readRecords(client: Queryable, schema: string): Promise<MigrationRecord[]> {
  const { rows: tables } = await client.query<{ present: boolean }>('SELECT to_regclass($1) IS NOT NULL AS present', [
    `${schema}._prisma_migrations`,
  ]);
  if (!tables[0]?.present) return [];
  const { rows } = await client.query<MigrationRecord>(
    `SELECT migration_name, checksum, finished_at, logs FROM ${schema}._prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return rows;
}
