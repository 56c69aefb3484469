import { MemoryBus, connectNatsBus, type Bus } from '@ao/bus';
import { StartupError, nanoUsd, silentLogger } from '@ao/kernel';
import type { RunningService } from '@ao/runtime';
import {
  freePort,
  startClickHouseHttp,
  startNats,
  temporaryFolder,
  waitFor,
  type RealServer,
  type TemporaryFolder,
} from '@ao/testing';
import { openWarehouse, type Warehouse } from '@ao/warehouse';
import { jest } from '@jest/globals';
import { Ingestion } from './adapters/bus/ingestion.js';
import { ReadyWarehouse } from './adapters/clickhouse/ready-warehouse.js';
import { WarehouseRecordStore } from './adapters/clickhouse/record.store.js';
import { Platform, adminOf, startAnalytics } from './platform.suite.js';

jest.setTimeout(120_000);

const WAIT = { timeoutMs: 90_000, intervalMs: 50 };
const recordsOf = (
  orgId: string,
  count: number,
): { requestId: string; orgId: string; cost: ReturnType<typeof nanoUsd> }[] =>
  Array.from({ length: count }, (_, index) => ({
    requestId: `${orgId}_${index}`,
    orgId,
    cost: nanoUsd(BigInt(index)),
  }));
/** The sum of the costs above. */
const sumOf = (count: number): bigint => (BigInt(count) * BigInt(count - 1)) / 2n;

describe.each(['memory', 'NATS'])('ingestion over %s', (transport) => {
  let nats: RealServer | undefined;
  let bus: Bus;
  let platform: Platform;
  let folder: TemporaryFolder;
  let server: RealServer;
  let warehouse: Warehouse;
  let service: RunningService;
  let before: { ok: boolean } | undefined;

  beforeAll(async () => {
    nats = transport === 'NATS' ? await startNats() : undefined;
    bus = nats
      ? await connectNatsBus({ url: nats.url, name: 'analytics', logger: silentLogger })
      : new MemoryBus(silentLogger);
    platform = new Platform(bus);
    folder = await temporaryFolder('analytics');
    const port = await freePort();
    warehouse = await openWarehouse({ url: `http://127.0.0.1:${port}` });
    // Nobody listens there yet: the service starts all the same.
    service = await startAnalytics(bus, async () => warehouse);
    before = (await service.checkHealth())['clickhouse'];
    const early = platform.record(...recordsOf('org_early', 10));
    server = await startClickHouseHttp({ dataDirectory: folder.path, port });
    await early;
  });

  afterAll(async () => {
    await service.stop();
    await bus.close();
    await warehouse.close();
    await server.stop();
    await nats?.stop();
    await folder.remove();
  });

  const expectStored = async (orgId: string, count: number): Promise<void> => {
    const answer = await waitFor(async () => {
      const { rows, total } = await platform.query({ actor: adminOf(orgId) });
      const requests = rows.reduce((sum, row) => sum + row.requests, 0);
      return requests >= count && { requests, total };
    }, WAIT);
    expect(answer).toEqual({ requests: count, total: sumOf(count) });
  };

  it('[AN-002] stores what came before ClickHouse was first there', async () => {
    expect(before).toMatchObject({ ok: false });
    await expectStored('org_early', 10);
    expect((await service.checkHealth())['clickhouse']).toEqual({ ok: true, detail: null });
  });

  it('[AN-002] ClickHouse stops, 1,000 events come, ClickHouse starts: exactly 1,000 are stored', async () => {
    await server.kill();
    const sent = platform.record(...recordsOf('org_outage', 1_000));
    await expect(platform.query({ actor: adminOf('org_outage') })).rejects.toMatchObject({
      code: 'backend_unavailable',
    });
    server = await startClickHouseHttp({ dataDirectory: folder.path, port: server.port });
    await sent;
    await expectStored('org_outage', 1_000);
  });

  it('[AN-002] counts each event once when ClickHouse is killed while it stores them', async () => {
    const sent = platform.record(...recordsOf('org_killed', 5_000));
    await waitFor(async () => (await platform.query({ actor: adminOf('org_killed') })).total > 0n);
    await server.kill();
    server = await startClickHouseHttp({ dataDirectory: folder.path, port: server.port });
    await sent;
    await expectStored('org_killed', 5_000);
  });

  it('[AN-002] counts a request once, however often and in whatever company its event comes', async () => {
    const records = recordsOf('org_again', 300);
    await platform.record(...records);
    await platform.record(...records.slice(100, 200));
    await platform.record(...records.slice(250), ...records.slice(250));
    await expectStored('org_again', 300);
  });
});

describe('analytics without a warehouse', () => {
  const bus = new MemoryBus(silentLogger);
  const platform = new Platform(bus);
  const missing = new StartupError('The analytics database in /some/folder cannot be opened.');

  afterAll(() => bus.close());

  it('starts, says what to set, holds up no event and refuses questions', async () => {
    const service = await startAnalytics(bus, () => Promise.reject(missing));
    const message = 'Analytics has no warehouse here. Set CLICKHOUSE_URL to a ClickHouse server.';
    expect((await service.checkHealth())['clickhouse']).toEqual({ ok: false, detail: message });
    await platform.record({ requestId: 'unread' });
    await expect(platform.query({})).rejects.toMatchObject({ code: 'not_configured', status: 501, message });
    await service.stop();
  });

  it('begins to take events when a warehouse can be opened after all', async () => {
    const folder = await temporaryFolder('analytics');
    const embedded = await openWarehouse({ embeddedDirectory: folder.path });
    let attempts = 0;
    const open = async (): Promise<Warehouse> => {
      if (++attempts < 3) throw missing;
      return embedded;
    };
    const warehouse = new ReadyWarehouse(open, () =>
      embedded.command('CREATE TABLE requests (request_id String) ENGINE = Memory'),
    );
    const records = new WarehouseRecordStore(warehouse);
    const ingestion = new Ingestion({ bus, logger: silentLogger, records, warehouse, openRetryMs: 10 });
    await ingestion.start();
    await waitFor(async () => {
      await platform.record({ requestId: 'read' });
      return (await embedded.query('SELECT * FROM requests LIMIT 1')).length === 1;
    });
    await ingestion.stop();
    await embedded.close();
    await folder.remove();
  });
});
