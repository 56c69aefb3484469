import { jest } from '@jest/globals';
import { formatUsd, parseUsd } from '@ao/kernel';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import { assertLedger } from './testing/books.js';
import { ModelFile } from './testing/model-file.js';
import { startPlatform, startReplica, type RunningPlatform, type Variant } from './testing/start-platform.js';
import { createTenant, expectStatus, requestRows, spentBy, sumUsd, type Tenant } from './testing/tenants.js';

jest.setTimeout(120_000);

const GATEWAYS = 8;
const CALLS = 1_000;
const LIMIT_USD = '5';
/** A token of this model is a tenth of a cent and its input is free: a call that may have 100 reserves $0.10. */
const call = { model: 'dear', messages: [{ role: 'user' as const, content: 'Whose money?' }], max_tokens: 100 };
/** A machine with more processes than cores may let a deadline pass: that is a 503, which clients try again. */
const RETRIES_MAX = 5;

describe('a budget that eight gateways spend from', () => {
  let provider: Simulator;
  let models: ModelFile;
  let platform: RunningPlatform;
  const replicas: Variant[] = [];
  let urls: string[] = [];

  beforeAll(async () => {
    provider = await startSimulator();
    models = await ModelFile.create([{ name: 'dear', baseUrl: `${provider.url}/v1`, inputCost: 0, outputCost: 0.001 }]);
    platform = await startPlatform('cluster', {
      AO_CONFIG: models.path,
      // No lease goes back by itself within a test: only a recall can bring idle money to who needs it.
      LEASE_IDLE_MS: '60000',
      LOG_LEVEL: 'warn',
    });
    for (let gateway = 1; gateway < GATEWAYS; gateway += 1) replicas.push(await startReplica(platform, 'gateway'));
    urls = [platform.url, ...replicas.map(({ url }) => url)];
    await callAll(await createTenant(platform.admin, '100'), 20 * GATEWAYS);
  });
  beforeEach(() => {
    provider.reset();
    provider.setDefaults('latency_ms=20&input_tokens=1&output_tokens=100');
  });
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await platform?.stop();
    await Promise.all([provider?.stop(), models?.remove()]);
  });

  /** The status of a call through one of the gateways, once it is not 503. */
  async function statusOf({ api }: Tenant, index: number): Promise<number> {
    const gateway = platform.admin.at(urls[index % GATEWAYS]!).as(api.key);
    for (let retries = 0; ; retries += 1) {
      const answer = await gateway.chat(call);
      if (answer.status !== 503 || retries === RETRIES_MAX) return answer.status;
      expect(answer.body.error.code).toBe('backend_unavailable');
    }
  }

  /** Calls at once, spread over all gateways. */
  async function callAll(tenant: Tenant, calls: number): Promise<{ answered: number; refused: number }> {
    const statuses = await Promise.all(Array.from({ length: calls }, (_, index) => statusOf(tenant, index)));
    const count = (wanted: number): number => statuses.filter((status) => status === wanted).length;
    return { answered: count(200), refused: count(402) };
  }

  /** The ledger and the log follow the calls by a moment. */
  async function expectBooks({ api, walletId }: Tenant, calls: number, amount: bigint): Promise<void> {
    await waitFor(async () => (await spentBy(api)) === amount, {
      timeoutMs: 20_000,
      intervalMs: 100,
      description: `${formatUsd(amount)} spent`,
    });
    const rows = (await requestRows(api, calls)).filter(({ status }) => status === 200);
    expect(rows).toHaveLength(calls);
    expect(sumUsd(rows.map(({ cost_usd: cost }) => cost))).toBe(amount);
    expect(provider.counts.requests).toBe(calls);
    const { entries } = await assertLedger(platform);
    expect(entries.filter((entry) => entry.walletId === walletId && entry.kind === 'usage')).toHaveLength(calls);
  }

  it('[BX-001] answers exactly 50 of 1,000 calls of $0.10 at once on $5, refuses 950, and counts each once', async () => {
    const tenant = await createTenant(platform.admin, LIMIT_USD);
    const { estimate } = expectStatus(await tenant.api.chat(call, { 'x-dry-run': '1' }), 200).body;
    expect(estimate.cost_usd_max).toBe('0.1');
    expect(await callAll(tenant, CALLS)).toEqual({ answered: 50, refused: 950 });
    await expectBooks(tenant, 50, parseUsd(LIMIT_USD));
  });

  it('[BX-001] answers neither more nor fewer when a first call through each gateway has spread the money over all', async () => {
    const tenant = await createTenant(platform.admin, LIMIT_USD);
    expect(await callAll(tenant, GATEWAYS)).toEqual({ answered: GATEWAYS, refused: 0 });
    // Then bursts, the first of which one gateway alone must serve: it needs what the others hold.
    const one = await Promise.all(Array.from({ length: 30 }, () => statusOf(tenant, 3)));
    expect(one.filter((status) => status === 200)).toHaveLength(30);
    const bursts = [await callAll(tenant, 5), await callAll(tenant, 200), await callAll(tenant, 757)];
    expect(bursts).toEqual([
      { answered: 5, refused: 0 },
      { answered: 7, refused: 193 },
      { answered: 0, refused: 757 },
    ]);
    await expectBooks(tenant, 50, parseUsd(LIMIT_USD));
  });

  it('[BX-001] answers exactly 50 through two wallet services, one of which has just joined', async () => {
    replicas.push(await startReplica(platform, 'wallet'));
    const tenant = await createTenant(platform.admin, LIMIT_USD);
    expect(await callAll(tenant, CALLS)).toEqual({ answered: 50, refused: 950 });
    await expectBooks(tenant, 50, parseUsd(LIMIT_USD));
  });

  it('[BX-001] spends what calls had reserved too much, down to less than one more reservation', async () => {
    const tenant = await createTenant(platform.admin, LIMIT_USD);
    provider.setDefaults('latency_ms=20&input_tokens=1&output_tokens=37');
    let { answered } = await callAll(tenant, CALLS);
    // What was reserved by the last calls is free by now.
    for (let index = 0; (await statusOf(tenant, index)) === 200; index += 1) answered += 1;
    // 133 × 0.037 = 4.921: the 0.079 that are left are not enough for one more.
    expect(answered).toBe(133);
    await expectBooks(tenant, 133, parseUsd('4.921'));
  });
});
