import { createTestDatabase, waitFor, type TestDatabase } from '@ao/testing';
import { openDatabase, type Database } from './database.js';
import { prismaAdapter } from './prisma-adapter.js';

const SETTINGS = { schema: 'wallet', poolSizeMax: 8, connectTimeoutMs: 2_000, statementTimeoutMs: 2_000 };

describe('Database', () => {
  let server: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    server = await createTestDatabase();
    database = openDatabase({ url: server.url, ...SETTINGS });
    await database.pool.query('CREATE SCHEMA wallet');
    await database.pool.query('CREATE TABLE balance (id int PRIMARY KEY, amount bigint NOT NULL)');
  });

  beforeEach(() => database.pool.query('TRUNCATE balance'));

  afterAll(async () => {
    await database.close();
    await server.drop();
  });

  it('resolves unqualified names in the schema of the service', async () => {
    const { rows } = await database.pool.query(
      "SELECT table_schema FROM information_schema.tables WHERE table_name = 'balance'",
    );
    expect(rows).toEqual([{ table_schema: 'wallet' }]);
  });

  it('rolls back what a failing transaction wrote and throws its error as it is', async () => {
    const failure = new Error('no');
    const work = database.transaction(async (client) => {
      await client.query('INSERT INTO balance VALUES (1, 1)');
      throw failure;
    });
    await expect(work).rejects.toBe(failure);
    expect((await database.pool.query('SELECT 1 FROM balance')).rowCount).toBe(0);
  });

  it('never reports a commit that PostgreSQL turned into a rollback', async () => {
    const work = database.transaction(async (client) => {
      await client.query('INSERT INTO balance VALUES (1, 1)');
      await client.query('SELECT 1 / 0').catch(() => undefined);
    });
    await expect(work).rejects.toThrow('rolled back');
  });

  it('runs a transaction again that lost a race, so that concurrent increments all count', async () => {
    await database.pool.query('INSERT INTO balance VALUES (1, 0)');
    let attempts = 0;
    let allHaveRead = (): void => undefined;
    const everyoneRead = new Promise<void>((resolve) => (allHaveRead = resolve));
    const increment = (): Promise<void> =>
      database.transaction(async (client) => {
        await client.query('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE');
        const { rows } = await client.query<{ amount: string }>('SELECT amount FROM balance WHERE id = 1');
        attempts += 1;
        const amount = BigInt(rows[0]?.amount ?? 'no row');
        // Nobody writes before all have read: the race is certain, not likely.
        if (attempts === 4) allHaveRead();
        await everyoneRead;
        await client.query('UPDATE balance SET amount = $1 WHERE id = 1', [amount + 1n]);
      });
    await Promise.all(Array.from({ length: 4 }, increment));
    expect((await database.pool.query('SELECT amount FROM balance')).rows).toEqual([{ amount: '4' }]);
    expect(attempts).toBeGreaterThan(4);
  });

  it('runs the victim of a deadlock again', async () => {
    await database.pool.query('INSERT INTO balance VALUES (1, 0), (2, 0)');
    let arrived = 0;
    const transfer = (first: number, second: number): Promise<void> =>
      database.transaction(async (client) => {
        await client.query("SET LOCAL deadlock_timeout = '50ms'; SET LOCAL statement_timeout = '20s'");
        await client.query('UPDATE balance SET amount = amount + 1 WHERE id = $1', [first]);
        arrived += 1;
        await waitFor(() => arrived >= 2);
        await client.query('UPDATE balance SET amount = amount + 1 WHERE id = $1', [second]);
      });
    await Promise.all([transfer(1, 2), transfer(2, 1)]);
    expect((await database.pool.query('SELECT amount FROM balance')).rows).toEqual([{ amount: '2' }, { amount: '2' }]);
    expect(arrived).toBe(3);
  });

  it('gives up a race after five attempts', async () => {
    let attempts = 0;
    const work = database.transaction(async (client) => {
      attempts += 1;
      await client.query("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$");
    });
    await expect(work).rejects.toMatchObject({ code: '40001' });
    expect(attempts).toBe(5);
  });

  it('cancels a statement that runs longer than its limit and keeps the connection usable', async () => {
    await expect(database.transaction((client) => client.query('SELECT pg_sleep(5)'))).rejects.toMatchObject({
      code: '57014',
    });
    expect((await database.health()).ok).toBe(true);
  });

  it('reports a connection lost in a transaction as unavailable, and recovers', async () => {
    const work = database.transaction((client) => client.query('SELECT pg_terminate_backend(pg_backend_pid())'));
    await expect(work).rejects.toMatchObject({ code: 'backend_unavailable', status: 503 });
    expect((await database.health()).ok).toBe(true);
  });

  it('survives the loss of every idle connection', async () => {
    await database.pool.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    await waitFor(async () => (await database.health()).ok);
  });

  it('answers a health question within its deadline when nobody listens', async () => {
    const away = openDatabase({ url: 'postgres://u:p@127.0.0.1:1/none', ...SETTINGS });
    expect(await away.health(500)).toEqual({ ok: false, reason: expect.stringContaining('ECONNREFUSED') });
    await expect(away.transaction(async () => 1)).rejects.toMatchObject({ code: 'backend_unavailable' });
    await away.close();
  });

  it('makes a caller wait no longer than the connect timeout for a free connection', async () => {
    const narrow = openDatabase({ url: server.url, ...SETTINGS, poolSizeMax: 1, connectTimeoutMs: 100 });
    const blocker = narrow.transaction((client) => client.query('SELECT pg_sleep(0.5)'));
    await expect(narrow.transaction(async () => 1)).rejects.toMatchObject({ code: 'backend_unavailable' });
    await blocker;
    await narrow.close();
  });

  it('lets Prisma work on the same pool and in the same schema', async () => {
    const adapter = await prismaAdapter(database).connect();
    await adapter.executeRaw({
      sql: 'INSERT INTO balance VALUES ($1, $2)',
      args: [7, '12'],
      argTypes: [
        { scalarType: 'int', arity: 'scalar' },
        { scalarType: 'bigint', arity: 'scalar' },
      ],
    });
    const result = await adapter.queryRaw({ sql: 'SELECT amount FROM balance WHERE id = 7', args: [], argTypes: [] });
    expect(result.rows).toEqual([['12']]);
    expect(adapter.underlyingDriver()).toBe(database.pool);
    await adapter.dispose();
    expect((await database.health()).ok).toBe(true);
  });
});
