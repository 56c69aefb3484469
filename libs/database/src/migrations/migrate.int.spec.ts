import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createTestDatabase, temporaryFolder, type TemporaryFolder, type TestDatabase } from '@ao/testing';
import { openDatabase, type Database } from '../database.js';
import { migrate } from './migrate.js';
import { migrationStatus } from './migration-status.js';

const FIRST = '20260101000000_first';
const SECOND = '20260102000000_second';

describe('migrate', () => {
  let server: TestDatabase;
  let folder: TemporaryFolder;
  let database: Database;

  const write = async (name: string, sql: string): Promise<void> => {
    await mkdir(path.join(folder.path, name), { recursive: true });
    await writeFile(path.join(folder.path, name, 'migration.sql'), sql);
  };
  const run = (): Promise<string[]> => migrate({ url: server.url, schema: 'wallet', directory: folder.path });
  const status = () => migrationStatus({ database, directory: folder.path });

  beforeEach(async () => {
    [server, folder] = await Promise.all([createTestDatabase(), temporaryFolder('migrations')]);
    database = openDatabase({
      url: server.url,
      schema: 'wallet',
      poolSizeMax: 2,
      connectTimeoutMs: 2_000,
      statementTimeoutMs: 5_000,
    });
    await write(FIRST, 'CREATE TABLE wallet (id text PRIMARY KEY); CREATE INDEX wallet_id ON wallet (id);');
    await writeFile(path.join(folder.path, 'migration_lock.toml'), 'provider = "postgresql"');
  });

  afterEach(async () => {
    await database.close();
    await Promise.all([server.drop(), folder.remove()]);
  });

  it('[PF-006] migrates an empty database and then a previous schema, each migration once', async () => {
    expect(await status()).toMatchObject({ applied: [], pending: [FIRST] });
    expect(await run()).toEqual([FIRST]);
    await write(SECOND, 'ALTER TABLE wallet ADD COLUMN name text;');
    expect(await status()).toMatchObject({ applied: [FIRST], pending: [SECOND] });
    expect(await run()).toEqual([SECOND]);
    expect(await run()).toEqual([]);
    expect(await status()).toEqual({ applied: [FIRST, SECOND], pending: [], unknown: [], failed: [], edited: [] });
  });

  it('[PF-006] lets two replicas start together: one applies, the other finds it done', async () => {
    await write(SECOND, 'SELECT pg_sleep(0.2); ALTER TABLE wallet ADD COLUMN name text;');
    const applied = await Promise.all([run(), run()]);
    expect(applied.flat().sort()).toEqual([FIRST, SECOND]);
    expect(applied.map((names) => names.length).toSorted((a, b) => a - b)).toEqual([0, 2]);
  });

  it('keeps its records where and as Prisma keeps them', async () => {
    await run();
    const { rows } = await database.pool.query('SELECT * FROM wallet._prisma_migrations');
    expect(rows).toEqual([
      expect.objectContaining({
        migration_name: FIRST,
        checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
        finished_at: expect.any(Date),
        rolled_back_at: null,
        applied_steps_count: 1,
      }),
    ]);
  });

  it('undoes the whole of a failing migration, says why, and applies it once it is repaired', async () => {
    await write(SECOND, 'ALTER TABLE wallet ADD COLUMN name text; SELECT * FROM nowhere;');
    await expect(run()).rejects.toThrow(
      `Migration ${SECOND} of "wallet" failed and was rolled back: relation "nowhere" does not exist`,
    );
    expect(
      (
        await database.pool.query(
          "SELECT 1 FROM information_schema.columns WHERE table_schema = 'wallet' AND column_name = 'name'",
        )
      ).rowCount,
    ).toBe(0);
    expect(await status()).toMatchObject({ applied: [FIRST], pending: [SECOND], failed: [] });
    await write(SECOND, 'ALTER TABLE wallet ADD COLUMN name text;');
    expect(await run()).toEqual([SECOND]);
  });

  it('stops at a migration that was edited after it was applied', async () => {
    await run();
    await write(FIRST, 'CREATE TABLE wallet (id text PRIMARY KEY, extra int);');
    await expect(run()).rejects.toThrow(`Migration ${FIRST} of "wallet" was edited after it was applied.`);
    expect(await status()).toMatchObject({ edited: [FIRST] });
  });

  it('stops at a migration that another tool began and never finished', async () => {
    await run();
    await database.pool.query('UPDATE _prisma_migrations SET finished_at = NULL');
    await expect(run()).rejects.toThrow(/started by another tool and never finished/);
    expect(await status()).toMatchObject({ failed: [FIRST] });
  });

  it('accepts a database that a newer release has already migrated', async () => {
    await run();
    await database.pool.query("UPDATE _prisma_migrations SET migration_name = '20990101000000_future'");
    await database.pool.query('DROP TABLE wallet');
    expect(await run()).toEqual([FIRST]);
    expect(await status()).toMatchObject({ unknown: ['20990101000000_future'] });
  });

  it('names the missing file or folder', async () => {
    await mkdir(path.join(folder.path, SECOND));
    await expect(run()).rejects.toThrow(/migration\.sql cannot be read/);
    await expect(migrate({ url: server.url, schema: 'wallet', directory: '/nowhere' })).rejects.toThrow(
      /folder \/nowhere cannot be read/,
    );
  });

  it('names DATABASE_URL when nobody answers', async () => {
    const away = migrate({ url: 'postgres://u:p@127.0.0.1:1/none', schema: 'wallet', directory: folder.path });
    await expect(away).rejects.toThrow(/not reachable \(check DATABASE_URL\)/);
  });
});
