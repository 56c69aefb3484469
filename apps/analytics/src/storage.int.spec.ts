import { MemoryBus } from '@ao/bus';
import { nanoUsd, silentLogger } from '@ao/kernel';
import type { RunningService } from '@ao/runtime';
import { temporaryFolder, type TemporaryFolder } from '@ao/testing';
import { openWarehouse, type Warehouse } from '@ao/warehouse';
import { usageOf } from '@ao/pricing';
import { DAY_MS, HOUR_MS, Platform, attempt, monthStartMs, startAnalytics, walletEntry } from './platform.suite.js';

const startMs = monthStartMs();

describe('what analytics stores', () => {
  const bus = new MemoryBus(silentLogger);
  const platform = new Platform(bus);
  let folder: TemporaryFolder;
  let warehouse: Warehouse;
  let service: RunningService;

  beforeAll(async () => {
    folder = await temporaryFolder('analytics');
    warehouse = await openWarehouse({ embeddedDirectory: folder.path });
    service = await startAnalytics(bus, async () => warehouse);
  });

  afterAll(async () => {
    await service.stop();
    await bus.close();
    await warehouse.close();
    await folder.remove();
  });

  /** How each table of ours is defined. */
  const definitions = async (): Promise<Record<string, string>> => {
    const rows = await warehouse.query<{ name: string; definition: string }>(
      "SELECT name, engine_full AS definition FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND name != 'schema_migrations'",
    );
    return Object.fromEntries(rows.map(({ name, definition }) => [name, definition]));
  };

  it('[AN-001] migrates a fresh warehouse and sets how long it keeps rows', async () => {
    const tables = await definitions();
    expect(Object.keys(tables).sort()).toEqual([
      'cost_adjustments',
      'costs_daily',
      'costs_hourly',
      'requests',
      'wallet_events',
    ]);
    for (const definition of Object.values(tables)) expect(definition).toContain('toIntervalDay(400)');
  });

  it('[AN-001] stores every field of a request', async () => {
    await platform.record({
      orgId: 'org_full',
      userId: 'user_1',
      costCenter: 'cc-7',
      cache: 'semantic',
      savedCost: nanoUsd(12_345_678_901_234_567_890n),
      endUserId: 'somebody "else"\n',
      firstTokenMs: 12.5,
      tags: ['a', 'ü'],
      startedAtMs: startMs + 7,
      decision: {
        strategy: 'least_cost',
        candidates: [
          { deploymentId: 'dep_1', dropped: null },
          { deploymentId: 'dep_2', dropped: 'cooling down' },
        ],
        experiment: { experimentId: 'exp_1', variant: 'mini' },
      },
      attempts: [
        attempt({
          provider: 'azure',
          usage: usageOf({ inputTokens: 1, cachedInputTokens: 2, outputTokens: 7 }),
          cost: nanoUsd(11n),
        }),
        attempt({}),
      ],
    });
    const rows = await warehouse.query<object>(
      "SELECT * EXCEPT (recorded_at) FROM requests FINAL WHERE org_id = 'org_full'",
    );
    expect(rows).toEqual([
      {
        request_id: 'req_1',
        correlation_id: '0f2c6a4e-5b1d-4c55-9a53-7d3a1f1c2b11',
        gateway_id: 'gw_1',
        org_id: 'org_full',
        team_id: 'team_1',
        user_id: 'user_1',
        key_id: 'key_1',
        charges: [{ wallet_id: 'wal_1', lease_id: 'lse_1', reserved_nano_usd: '2000000' }],
        cost_center: 'cc-7',
        endpoint: '/v1/chat/completions',
        requested_model: 'gpt-4o',
        model_group: 'gpt-4o',
        model: 'gpt-4o',
        provider: 'openai',
        deployment_id: 'dep_1',
        status: 200,
        error_code: '',
        stream: false,
        partial: false,
        input_tokens: '100',
        cached_input_tokens: '0',
        cache_write_5m_tokens: '0',
        cache_write_1h_tokens: '0',
        audio_input_tokens: '0',
        image_input_tokens: '0',
        output_tokens: '100',
        reasoning_tokens: '0',
        audio_output_tokens: '0',
        image_output_tokens: '0',
        usage_source: 'provider',
        cost_nano_usd: '1250000',
        price_id: 'prc_1',
        own_key: false,
        cache: 'semantic',
        saved_nano_usd: '12345678901234567890',
        started_at: new Date(startMs + 7).toISOString().replace('T', ' ').replace('Z', ''),
        duration_ms: 420.5,
        first_token_ms: 12.5,
        finish_reason: 'stop',
        tags: ['a', 'ü'],
        feature_id: '',
        end_user_id: 'somebody "else"\n',
        decision_strategy: 'least_cost',
        experiment_id: 'exp_1',
        experiment_variant: 'mini',
        decision_candidates: [
          { deployment_id: 'dep_1', dropped: '' },
          { deployment_id: 'dep_2', dropped: 'cooling down' },
        ],
        attempts: [
          { provider: 'azure', model: 'gpt-4o', input_tokens: '3', output_tokens: '7', cost_nano_usd: '11' },
          { provider: 'openai', model: 'gpt-4o', input_tokens: '0', output_tokens: '0', cost_nano_usd: '0' },
        ],
      },
    ]);
  });

  it('[AN-001] stores each posting of the ledger once', async () => {
    const topUp = walletEntry({ entryId: 'ent_1', amount: nanoUsd(-5n * 10n ** 20n), kind: 'top_up', requestId: null });
    await platform.post(topUp, walletEntry({ entryId: 'ent_2' }));
    await platform.post(topUp);
    const rows = await warehouse.query<object>(
      'SELECT entry_id, toString(amount_nano_usd) AS amount, kind, request_id FROM wallet_events FINAL ORDER BY entry_id',
    );
    expect(rows).toEqual([
      { entry_id: 'ent_1', amount: '-500000000000000000000', kind: 'top_up', request_id: '' },
      { entry_id: 'ent_2', amount: '1250000', kind: 'usage', request_id: 'req_1' },
    ]);
  });

  it('[AN-001] [AN-006] [BX-010] carries rows and corrections into the hourly and the daily view; each equals the raw sum under duplicates', async () => {
    const records = Array.from({ length: 100 }, (_, index) => ({
      requestId: `view_${index}`,
      orgId: 'org_views',
      model: `m${index % 3}`,
      cost: nanoUsd(BigInt(index) * 10n ** 17n),
      startedAtMs: startMs + index * HOUR_MS,
    }));
    const sumOf = async (table: string): Promise<object | undefined> => {
      // A refresh that was under way may have begun before the last rows came.
      for (const order of ['WAIT', 'REFRESH', 'WAIT']) await warehouse.command(`SYSTEM ${order} VIEW ${table}_refresh`);
      const sql = `SELECT toString(sum(cost_nano_usd)) AS cost, toString(sum(requests)) AS requests FROM ${table} FINAL WHERE org_id = 'org_views'`;
      return (await warehouse.query<object>(sql))[0];
    };
    await platform.record(...records.slice(0, 60));
    await sumOf('costs_daily');
    await platform.record(...records.slice(20));
    for (const table of ['costs_hourly', 'costs_daily']) {
      expect(await sumOf(table)).toEqual({ cost: (4_950n * 10n ** 17n).toString(), requests: '100' });
    }
    const corrections = records.slice(0, 10).map(({ requestId, orgId, startedAtMs }) => ({
      adjustmentId: `adj_${requestId}`,
      requestId,
      orgId,
      startedAtMs,
      difference: nanoUsd(-(10n ** 15n)),
    }));
    await platform.adjust(...corrections, ...corrections);
    for (const table of ['costs_hourly', 'costs_daily']) {
      expect(await sumOf(table)).toEqual({ cost: (495_000n * 10n ** 15n - 10n ** 16n).toString(), requests: '100' });
    }
  });

  it('sets aside a record of a time that ClickHouse cannot hold, and stores those beside it', async () => {
    const orgId = 'org_late';
    await platform.record({ requestId: 'l1', orgId, startedAtMs: 8_640_000_000_000_000 }, { requestId: 'l2', orgId });
    expect(await warehouse.query("SELECT request_id FROM requests FINAL WHERE org_id = 'org_late'")).toEqual([
      { request_id: 'l2' },
    ]);
  });

  it('[AN-001] keeps its data over a restart, takes up another retention and removes what is older', async () => {
    await platform.record({ requestId: 'old', orgId: 'org_old', startedAtMs: startMs - 100 * DAY_MS });
    await service.stop();
    service = await startAnalytics(bus, async () => warehouse, { ANALYTICS_RETENTION_DAYS: '90' });
    for (const definition of Object.values(await definitions())) expect(definition).toContain('toIntervalDay(90)');
    await warehouse.command('OPTIMIZE TABLE requests FINAL');
    expect(await warehouse.query("SELECT request_id FROM requests WHERE org_id IN ('org_old', 'org_full')")).toEqual([
      { request_id: 'req_1' },
    ]);
  });

  it('answers its health check with its dependencies', async () => {
    const well = { ok: true, detail: null };
    expect(await service.checkHealth()).toEqual({ bus: well, clickhouse: well });
  });
});
