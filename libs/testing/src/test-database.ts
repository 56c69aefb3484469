import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { testingConfig } from './config.js';

export interface TestDatabase {
  url: string;
  /** Also when connections are still open. */
  drop(): Promise<void>;
}

/**
 * An empty database of its own for one test file, on the server that Jest's global setup started.
 *
 * @throws Error when there is no such server
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = testingConfig.databaseUrl();
  if (!serverUrl)
    throw new Error(
      'TEST_DATABASE_URL is not set: run this test in the `int` or `e2e` project, whose global setup starts PostgreSQL.',
    );
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onServer(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.toString(), drop: () => onServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, query_timeout: 30_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
