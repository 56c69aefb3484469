import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { jest } from '@jest/globals';
import { startClickHouseHttp, temporaryFolder, type TemporaryFolder } from '@ao/testing';
import { migrateWarehouse } from './migrate-warehouse.js';
import { openWarehouse } from './open-warehouse.js';
import type { Warehouse } from './warehouse.js';

jest.setTimeout(60_000);

interface Opened {
  warehouse: Warehouse;
  close(): Promise<void>;
}

async function openEmbedded(folder: TemporaryFolder): Promise<Opened> {
  const warehouse = await openWarehouse({ embeddedDirectory: path.join(folder.path, 'clickhouse') });
  return { warehouse, close: () => warehouse.close() };
}

async function openHttp(): Promise<Opened> {
  const existing = process.env.TEST_CLICKHOUSE_URL;
  const server = existing ? undefined : await startClickHouseHttp();
  const url = new URL(existing ?? server!.url);
  url.pathname = '/ao_contract_test';
  const warehouse = await openWarehouse({ url: url.toString() });
  return {
    warehouse,
    async close() {
      await warehouse.command('DROP DATABASE IF EXISTS ao_contract_test');
      await warehouse.close();
      await server?.stop();
    },
  };
}

describe.each([
  ['embedded', openEmbedded],
  ['over HTTP', openHttp],
])('Warehouse contract: %s', (_name, open) => {
  let folder: TemporaryFolder;
  let opened: Opened;
  let warehouse: Warehouse;

  beforeAll(async () => {
    folder = await temporaryFolder('warehouse');
    opened = await open(folder);
    warehouse = opened.warehouse;
    await warehouse.ensureDatabase();
  });

  afterAll(async () => {
    await opened.close();
    await folder.remove();
  });

  beforeEach(async () => {
    await warehouse.command('DROP TABLE IF EXISTS events');
    await warehouse.command(
      `CREATE TABLE events (id String, cost Int64, price Decimal(38, 12), at DateTime64(3), tags Map(String, String))
       ENGINE = MergeTree ORDER BY id SETTINGS non_replicated_deduplication_window = 100`,
    );
  });

  const count = async (): Promise<number> =>
    Number((await warehouse.query<{ c: string }>('SELECT count() AS c FROM events'))[0]?.c);

  it('gives back exactly what was inserted: big integers, decimals, milliseconds and any text', async () => {
    const text = 'it\'s\t"quoted" \\ ünï\nnew line, ends with ;\n{x:String}';
    await warehouse.insert('events', [
      {
        id: text,
        cost: 9_007_199_254_740_993n,
        price: '0.000000000001',
        at: new Date('2026-01-02T03:04:05.678Z'),
        tags: { team: 'a' },
      },
    ]);
    expect(await warehouse.query('SELECT * FROM events')).toEqual([
      {
        id: text,
        cost: '9007199254740993',
        price: '0.000000000001',
        at: '2026-01-02 03:04:05.678',
        tags: { team: 'a' },
      },
    ]);
  });

  it('binds parameters of every kind, never as part of the statement', async () => {
    const parameters = {
      s: "'; DROP TABLE events; --\t\\",
      n: 18_446_744_073_709_551_615n,
      d: '2026-01-02 03:04:05.678',
      b: true,
      z: null,
      list: ["a'b", 'c\\d', 'e'],
    };
    const rows = await warehouse.query(
      'SELECT {s:String} AS s, {n:UInt64} AS n, {d:DateTime64(3)} AS d, {b:Bool} AS b, {z:Nullable(String)} AS z, {list:Array(String)} AS list',
      parameters,
    );
    expect(rows).toEqual([{ ...parameters, n: '18446744073709551615' }]);
    expect(await count()).toBe(0);
  });

  it('counts a batch once that is inserted again with the same token, and every batch without one', async () => {
    const batch = [{ id: 'a' }, { id: 'b' }];
    await warehouse.insert('events', batch, { dedupeToken: 'batch-1' });
    await warehouse.insert('events', batch, { dedupeToken: 'batch-1' });
    expect(await count()).toBe(2);
    await warehouse.insert('events', batch, { dedupeToken: 'batch-2' });
    expect(await count()).toBe(4);
    await warehouse.insert('events', batch);
    await warehouse.insert('events', batch);
    expect(await count()).toBe(8);
  });

  it('does nothing for an empty batch and refuses what cannot be meant', async () => {
    await warehouse.insert('events', []);
    await expect(warehouse.insert('events; DROP TABLE events', [{ id: 'a' }])).rejects.toThrow(RangeError);
    await expect(warehouse.insert('events', [{ id: 'a' }], { dedupeToken: "x'y" })).rejects.toThrow(RangeError);
    await expect(
      warehouse.insert(
        'events',
        Array.from({ length: 100_001 }, () => ({ id: 'a' })),
      ),
    ).rejects.toThrow(RangeError);
    expect(await count()).toBe(0);
  });

  it('streams a large result in batches', async () => {
    let rows = 0;
    let batches = 0;
    for await (const batch of warehouse.stream<{ number: string }>('SELECT number FROM numbers({n:UInt64})', {
      n: 100_000,
    })) {
      rows += batch.length;
      batches += 1;
    }
    expect(rows).toBe(100_000);
    expect(batches).toBeGreaterThan(1);
  });

  it('lets a reader leave a stream early', async () => {
    for await (const batch of warehouse.stream('SELECT number FROM numbers(100000)')) {
      expect(batch.length).toBeGreaterThan(0);
      break;
    }
    expect(await warehouse.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('fails within the deadline and serves the next caller', async () => {
    const startedMs = performance.now();
    await expect(warehouse.query('SELECT sleep(1)', {}, { deadlineMs: 100 })).rejects.toMatchObject({
      code: 'timeout',
      status: 504,
    });
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    expect(await warehouse.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it("passes on ClickHouse's own refusal of a statement", async () => {
    await expect(warehouse.query('SELECT nothing')).rejects.toMatchObject({ code: '47', type: 'UNKNOWN_IDENTIFIER' });
    await expect(warehouse.insert('nowhere', [{ id: 'a' }])).rejects.toMatchObject({
      code: '60',
      type: 'UNKNOWN_TABLE',
    });
  });

  it('answers many callers at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => warehouse.query<{ n: string }>('SELECT {n:UInt64} AS n', { n })),
    );
    expect(answers.map(([row]) => Number(row?.n))).toEqual(Array.from({ length: 50 }, (_, n) => n));
    expect(await warehouse.health()).toEqual({ ok: true });
  });

  it('feeds a materialised view', async () => {
    await warehouse.command('DROP TABLE IF EXISTS by_team');
    await warehouse.command(
      `CREATE MATERIALIZED VIEW by_team ENGINE = SummingMergeTree ORDER BY team AS SELECT tags['team'] AS team, sum(cost) AS cost FROM events GROUP BY team`,
    );
    await warehouse.insert('events', [
      { id: 'a', cost: 1, tags: { team: 't' } },
      { id: 'b', cost: 2, tags: { team: 't' } },
    ]);
    expect(await warehouse.query('SELECT team, sum(cost) AS cost FROM by_team GROUP BY team')).toEqual([
      { team: 't', cost: '3' },
    ]);
    await warehouse.command('DROP TABLE by_team');
  });

  describe('migrateWarehouse', () => {
    let directory: string;
    const write = (name: string, sql: string): Promise<void> => writeFile(path.join(directory, name), sql);
    const run = (): Promise<string[]> => migrateWarehouse({ warehouse, directory });

    beforeEach(async () => {
      directory = path.join(folder.path, `migrations-${Math.random()}`);
      await mkdir(directory);
      for (const table of ['schema_migrations', 'requests']) await warehouse.command(`DROP TABLE IF EXISTS ${table}`);
      await write(
        '0001_requests.sql',
        "-- a comment;\nCREATE TABLE IF NOT EXISTS requests (id String, note String DEFAULT 'a;b') ENGINE = MergeTree ORDER BY id;\nALTER TABLE requests ADD COLUMN IF NOT EXISTS cost Int64;\n",
      );
    });

    it('applies each migration once, in order', async () => {
      expect(await run()).toEqual(['0001_requests.sql']);
      await write('0002_team.sql', 'ALTER TABLE requests ADD COLUMN IF NOT EXISTS team String;');
      expect(await run()).toEqual(['0002_team.sql']);
      expect(await run()).toEqual([]);
      await warehouse.insert('requests', [{ id: 'a', cost: 1, team: 't' }]);
      expect(await warehouse.query('SELECT * FROM requests')).toEqual([{ id: 'a', note: 'a;b', cost: '1', team: 't' }]);
    });

    it('ends well when two replicas migrate at once', async () => {
      await Promise.all([run(), run()]);
      expect(await run()).toEqual([]);
    });

    it('names the migration that fails, and applies it once it is repaired', async () => {
      await write('0002_bad.sql', 'ALTER TABLE nowhere ADD COLUMN x String;');
      await expect(run()).rejects.toThrow(/^Analytics migration 0002_bad\.sql failed: /);
      await write('0002_bad.sql', 'ALTER TABLE requests ADD COLUMN IF NOT EXISTS x String;');
      expect(await run()).toEqual(['0002_bad.sql']);
    });

    it('stops at an edited or misnamed migration', async () => {
      await run();
      await write('0001_requests.sql', 'SELECT 1;');
      await expect(run()).rejects.toThrow('0001_requests.sql was edited after it was applied');
      await write('2-next.sql', 'SELECT 1;');
      await expect(run()).rejects.toThrow('2-next.sql must be named like');
    });
  });
});
