import { jest } from '@jest/globals';
import { formatUsd, nanoUsd, parseUsd, sleep, type NanoUsd } from '@ao/kernel';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import { assertLedger, readRequestLog } from './testing/books.js';
import { Load, loadKinds } from './testing/load.js';
import { ModelFile } from './testing/model-file.js';
import { modes, openHome, type Mode, type PlatformHome, type Server } from './testing/platform-home.js';
import { childPid, startPlatform, startReplica, type RunningPlatform, type Variant } from './testing/start-platform.js';
import { expectStatus, signUp, spentBy, sumUsd, type Tenant } from './testing/tenants.js';

jest.setTimeout(180_000);

/** What providers do to each kind of call of the load; all of them report ten tokens in and twenty out. */
const behaviours: Record<(typeof loadKinds)[number], string> = {
  plain: 'latency_ms=10',
  streamed: 'token_interval_ms=2',
  abandoned: 'token_interval_ms=50',
  failing: 'fault=500',
  cut: 'fault=cut&after_tokens=5',
};
const COST_USD = '0.00005';
const LEASE_TTL_MS = 4_000;
const LEASE_GRACE_MS = 4_000;
const UNDISTURBED_MS = 1_500;
const AWAY_MS = 1_500;
const CALL_HANGS_AFTER_MS = 20_000;
const WHOLE_CALLS_MIN = 50;
const QUIET_MS = 2_500;
const DRAINED = { timeoutMs: 60_000, intervalMs: 500 };

describe.each(modes)('money under kill -9, %s', (mode: Mode) => {
  let provider: Simulator;
  let models: ModelFile;
  let home: PlatformHome;
  let platform: RunningPlatform;
  let tenant: Tenant;
  let load: Load;
  const replicas: Variant[] = [];
  const startedAt = new Date(Date.now() - 60_000).toISOString();

  const start = async (): Promise<void> => {
    platform = await startPlatform(
      mode,
      {
        AO_CONFIG: models.path,
        SIGN_UP_ENABLED: 'true',
        LEASE_TTL_MS: String(LEASE_TTL_MS),
        LEASE_GRACE_MS: String(LEASE_GRACE_MS),
        LEASE_SWEEP_INTERVAL_MS: '500',
      },
      home,
    );
  };

  beforeAll(async () => {
    provider = await startSimulator({ recordedRequestsMax: 0 });
    models = await ModelFile.create(
      loadKinds.map((name) => ({
        name,
        model: `sim-${name}#input_tokens=10&output_tokens=20&${behaviours[name]}`,
        baseUrl: `${provider.url}/v1`,
        inputCost: 0.000001,
        outputCost: 0.000002,
      })),
    );
    home = await openHome(mode, { ownServers: true });
    await start();
    if (mode === 'cluster')
      replicas.push(await startReplica(platform, 'gateway'), await startReplica(platform, 'wallet'));
    tenant = await signUp(platform.admin);
    const limit = expectStatus(await tenant.api.patch(`/v1/wallets/${tenant.walletId}`, { limit_usd: '10' }), 200);
    expect(limit.body.limit_usd).toBe('10');
  });
  afterAll(async () => {
    await load?.stop();
    await Promise.all(replicas.map((replica) => replica.stop()));
    if (platform?.program.running) await platform.stop();
    await Promise.all([provider?.stop(), models?.remove(), home?.remove()]);
  });

  it('[BX-002] bills each call that its caller saw end exactly once, at its exact cost, whatever was killed meanwhile', async () => {
    let turn = 0;
    load = new Load({
      url: () => (turn++ % 2 === 0 ? platform.url : (replicas[0]?.url ?? platform.url)),
      key: tenant.api.key!,
      callersMax: 16,
      pauseMs: 30,
    });
    const disturb = mode === 'cluster' ? killPartsInTurn : killTwice;
    await disturb();
    await load.stop();
    const api = platform.admin.as(tenant.api.key);
    await expectBooks(api);
  });

  async function undisturbed(): Promise<void> {
    await sleep(UNDISTURBED_MS);
    const before = load.whole.length;
    await waitFor(() => load.whole.length > before + 20, {
      timeoutMs: 30_000,
      description: 'calls to be answered again',
    });
  }

  async function killPartsInTurn(): Promise<void> {
    await undisturbed();
    for (const name of ['gateway', 'wallet', 'metering', 'identity', 'analytics']) {
      const killed = childPid(platform, name);
      process.kill(killed, 'SIGKILL');
      await waitFor(() => childPid(platform, name) !== killed, {
        timeoutMs: 20_000,
        description: `${name} to be back`,
      });
      await undisturbed();
    }
    for (const server of ['nats', 'postgres', 'redis', 'clickhouse'] satisfies Server[]) {
      const bringBack = await home.kill(server);
      await sleep(AWAY_MS);
      await bringBack();
      await undisturbed();
    }
  }

  async function killTwice(): Promise<void> {
    for (let kills = 0; kills < 2; kills += 1) {
      await undisturbed();
      await platform.program.kill();
      await start();
    }
    await undisturbed();
  }

  /** Once all is drained: callers, ledger, request log and warehouse say the same. */
  async function expectBooks(api: Tenant['api']): Promise<void> {
    expect(load.whole.length).toBeGreaterThan(WHOLE_CALLS_MIN);
    expect(Math.max(...load.calls.map(({ durationMs }) => durationMs))).toBeLessThan(CALL_HANGS_AFTER_MS);
    // What a killed gateway had under way is replayed in its own time.
    let last = { rows: -1, sinceMs: 0 };
    const rows = await waitFor(
      async () => {
        const seen = await readRequestLog(api);
        const total = sumUsd(seen.map(({ cost_usd: cost }) => cost));
        const logged = new Set(seen.map(({ id }) => id));
        if (seen.length !== last.rows) last = { rows: seen.length, sinceMs: performance.now() };
        const isQuiet = performance.now() - last.sinceMs >= QUIET_MS;
        const isDrained = isQuiet && load.whole.every(({ callId }) => logged.has(callId));
        return isDrained && (await spentBy(api)) === total ? seen : null;
      },
      { ...DRAINED, description: 'the log to have every call, and the ledger to agree' },
    );
    const costs = new Map<string, string>(rows.map(({ id, cost_usd: cost }) => [id, cost]));
    expect(costs.size).toBe(rows.length);
    const wrong = load.whole.filter(({ callId, costUsd }) => costUsd !== COST_USD || costs.get(callId!) !== COST_USD);
    expect(wrong).toEqual([]);
    const total = sumUsd([...costs.values()]);
    const report = { from: startedAt, to: new Date(Date.now() + 60_000).toISOString(), group_by: 'model' };
    await waitFor(async () => (await api.post('/v1/analytics/cost', report)).body.total_usd === formatUsd(total), {
      ...DRAINED,
      description: `analytics to say ${formatUsd(total)}`,
    });
    await waitFor(async () => (await api.get('/v1/wallet/balance')).body.held_usd === '0', {
      ...DRAINED,
      description: 'every hold to be released',
    });
    if (mode === 'cluster') await expectEntries(costs);
  }

  /** @param costs By billed id, as the request log has them. */
  async function expectEntries(costs: ReadonlyMap<string, string>): Promise<void> {
    const posted = new Map<string, NanoUsd>();
    for (const { walletId, requestId, amount } of (await assertLedger(platform)).entries) {
      if (walletId === tenant.walletId) posted.set(requestId, nanoUsd((posted.get(requestId) ?? 0n) + amount));
    }
    const charged = [...costs].filter(([, cost]) => cost !== '0').map(([id, cost]) => [id, parseUsd(cost)] as const);
    expect(posted).toEqual(new Map(charged));
  }
});
