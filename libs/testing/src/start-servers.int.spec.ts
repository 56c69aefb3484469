import { jest } from '@jest/globals';
import pg from 'pg';
import { freePort } from '@ao/database';
import { startClickHouseHttp } from './start-click-house-http.js';
import { startNats } from './start-nats.js';
import { startRedis } from './start-redis.js';
import { createTestDatabase } from './test-database.js';

jest.setTimeout(30_000);

describe('real servers', () => {
  it.each([
    ['NATS', startNats],
    ['Redis', startRedis],
    ['ClickHouse', startClickHouseHttp],
  ])('starts %s again at the same address after a kill', async (_name, start) => {
    const port = await freePort();
    const first = await start({ port });
    await first.kill();
    await first.stop();
    const second = await start({ port });
    expect(second.url).toBe(first.url);
    await second.stop();
    await second.stop();
  });

  it('says what a server printed when it does not start', async () => {
    const first = await startRedis();
    try {
      await expect(startRedis({ port: first.port })).rejects.toThrow(/did not start:[^]*in use/);
    } finally {
      await first.stop();
    }
  });

  it('gives every test file a database of its own, and drops it under open connections', async () => {
    const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    expect(one.url).not.toBe(two.url);
    const client = new pg.Client({ connectionString: one.url });
    client.on('error', () => undefined);
    await client.connect();
    await one.drop();
    await expect(client.query('SELECT 1')).rejects.toThrow(/terminat|not queryable/);
    await two.drop();
  });
});
