import { migrate } from '@ao/database';
import pg from 'pg';
import { createTestDatabase } from '../test-database.js';
import { modelDdl } from './model-ddl.js';
import { readCatalog } from './read-catalog.js';

export interface PrismaDriftOptions {
  schemaFile: string;
  migrationsDirectory: string;
}

/**
 * Compares a service's `schema.prisma` with what its migrations make, on two empty databases, and gives the differences as
 * text, none when they agree. Columns must be the same on both sides. Keys, indexes and enums of the model must be in the
 * migrations; those may have more (checks, partial indexes, triggers), which Prisma cannot express.
 */
export async function prismaDrift(options: PrismaDriftOptions): Promise<string[]> {
  const [migrated, modelled] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  try {
    await migrate({ url: migrated.url, schema: 'drift', directory: options.migrationsDirectory });
    const ddl = await modelDdl(options.schemaFile, modelled.url);
    await inSchema(modelled.url, (client) => client.query(ddl));
    const [actual, wanted] = [await inSchema(migrated.url, read), await inSchema(modelled.url, read)];
    return [
      ...missing(wanted.columns, actual.columns, 'only in schema.prisma'),
      ...missing(actual.columns, wanted.columns, 'only in the migrations'),
      ...missing(wanted.structures, actual.structures, 'only in schema.prisma'),
    ];
  } finally {
    await Promise.all([migrated.drop(), modelled.drop()]);
  }
}

const read = (client: pg.Client) => readCatalog(client, 'drift');

function missing(from: readonly string[], inThese: readonly string[], where: string): string[] {
  const present = new Set(inThese);
  return from.filter((fact) => !present.has(fact)).map((fact) => `${where}: ${fact}`);
}

async function inSchema<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, query_timeout: 30_000 });
  await client.connect();
  try {
    await client.query('CREATE SCHEMA IF NOT EXISTS drift');
    await client.query('SET search_path = drift');
    return await work(client);
  } finally {
    await client.end();
  }
}
