import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { jest } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { startClickHouseHttp, temporaryFolder, waitFor } from '@ao/testing';
import { openWarehouse } from './open-warehouse.js';

jest.setTimeout(60_000);

describe('Warehouse that fails', () => {
  it('says what CLICKHOUSE_URL must look like', async () => {
    await expect(openWarehouse({ url: 'clickhouse:9000' })).rejects.toMatchObject({
      name: 'StartupError',
      message: expect.stringContaining('http://user'),
    });
  });

  it('reports a server that is away as unavailable, within the deadline', async () => {
    const warehouse = await openWarehouse({ url: 'http://127.0.0.1:1' });
    await expect(warehouse.query('SELECT 1')).rejects.toMatchObject({ code: 'backend_unavailable', status: 503 });
    await expect(warehouse.insert('events', [{ id: 'a' }])).rejects.toMatchObject({ code: 'backend_unavailable' });
    expect(await warehouse.health()).toEqual({ ok: false, reason: expect.stringContaining('ECONNREFUSED') });
    await warehouse.close();
  });

  it('recovers when a killed server is back, keeping what was inserted and what was already counted', async () => {
    const folder = await temporaryFolder('clickhouse');
    let server = await startClickHouseHttp({ dataDirectory: folder.path });
    const warehouse = await openWarehouse({ url: server.url });
    const batch = [{ id: 'a' }, { id: 'b' }];
    try {
      await warehouse.command(
        'CREATE TABLE events (id String) ENGINE = MergeTree ORDER BY id SETTINGS non_replicated_deduplication_window = 10',
      );
      await warehouse.insert('events', batch, { dedupeToken: 'first' });
      await server.kill();
      await expect(warehouse.query('SELECT 1')).rejects.toMatchObject({ code: 'backend_unavailable' });
      server = await startClickHouseHttp({ dataDirectory: folder.path, port: server.port });
      await waitFor(async () => (await warehouse.health()).ok);
      await warehouse.insert('events', batch, { dedupeToken: 'first' });
      expect(await warehouse.query('SELECT count() AS c FROM events')).toEqual([{ c: '2' }]);
    } finally {
      await warehouse.close();
      await server.stop();
      await folder.remove();
    }
  });

  it('refuses a folder that another process uses, in one clear line', async () => {
    const folder = await temporaryFolder('clickhouse');
    const server = await startClickHouseHttp({ dataDirectory: folder.path });
    try {
      await expect(openWarehouse({ embeddedDirectory: folder.path })).rejects.toMatchObject({
        name: 'StartupError',
        message: expect.stringMatching(
          /^The analytics database in .* cannot be opened\. If another process uses it, stop that one/,
        ),
      });
    } finally {
      await server.stop();
      await folder.remove();
    }
  });

  it('names CLICKHOUSE_URL where there is no embedded engine', async () => {
    const loader = new URL('../../testing/jest/load-sources.mjs', import.meta.url).href;
    // Another platform is a process in which the package cannot be found.
    const program = `
      import { registerHooks } from 'node:module';
      registerHooks({ resolve(name, context, next) { if (name.startsWith('chdb')) throw new Error('no build'); return next(name, context); } });
      const { openWarehouse } = await import('./libs/warehouse/src/index.ts');
      await openWarehouse({ embeddedDirectory: '/nowhere' }).catch((error) => console.log(error.name, error.message));`;
    const child = spawn(process.execPath, ['--import', loader, '--input-type=module', '-e', program], {
      cwd: fileURLToPath(new URL('../../../', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await once(child, 'close');
    expect(output).toMatch(
      /^StartupError Analytics has no built-in ClickHouse for .*\. Set CLICKHOUSE_URL to a server; everything else works without\.$/m,
    );
  });
});
