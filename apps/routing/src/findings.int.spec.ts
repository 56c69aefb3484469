import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EventEnvelope } from '@ao/bus';
import {
  getProviderV1,
  listProviderModelsV1,
  listProvidersV1,
  providerHealthChangedV1,
  providerModelsChangedV1,
  routingTableSnapshot,
  syncProviderModelsV1,
  updateProviderV1,
  type PayloadOf,
  type ProviderHealthStatus,
} from '@ao/contracts';
import { sleep } from '@ao/kernel';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import { RoutingHarness, eventually, owner, stranger } from './harness.suite.js';

const INTERVAL_MS = 200;

describe('[PR-016] the health of providers', () => {
  const routing = new RoutingHarness({
    AO_CONFIG: '',
    PROVIDER_HEALTH_INTERVAL_MS: String(INTERVAL_MS),
    PROVIDER_HEALTH_TIMEOUT_MS: '150',
    PROVIDER_CHECKS_MAX: '3',
  });
  const { bus, create, published } = routing;
  const told: PayloadOf<typeof providerHealthChangedV1>[] = [];
  let simulator: Simulator;

  beforeAll(async () => {
    await routing.start();
    await bus.subscribe(providerHealthChangedV1, { kind: 'broadcast' }, (events) => {
      told.push(...events.map(({ payload }) => payload));
    });
  });
  beforeEach(async () => void (simulator = await startSimulator()));
  afterEach(() => simulator.stop());
  afterAll(() => routing.stop());

  const healthOf = async (providerId: string): Promise<ProviderHealthStatus> =>
    (await bus.request(getProviderV1, { actor: owner, providerId })).provider.health;
  const toldOf = (providerId: string): boolean[] =>
    told.filter((each) => each.providerId === providerId).map(({ healthy }) => healthy);

  it('turn after failed checks and back, in the table, in an event and in the answer', async () => {
    const { id } = await create({ baseUrl: `${simulator.url}/v1` });
    await waitFor(async () => (await healthOf(id)).status === 'healthy');
    expect(await healthOf(id)).toMatchObject({ reason: null, checkedAt: expect.any(String) });
    expect(toldOf(id)).toEqual([]);

    simulator.setDefaults('fault=500');
    const failingSinceMs = Date.now();
    await waitFor(() => published(id)?.healthy === false);
    expect(Date.now() - failingSinceMs).toBeLessThan(5_000);
    expect(await healthOf(id)).toMatchObject({ status: 'unhealthy', reason: expect.stringContaining('(500)') });
    await eventually(() => expect(toldOf(id)).toEqual([false]));
    expect(told.at(-1)).toMatchObject({ orgId: 'org_default', reason: expect.stringContaining('(500)') });

    simulator.setDefaults('');
    await waitFor(() => published(id)?.healthy === true);
    await eventually(() => expect(toldOf(id)).toEqual([false, true]));
    const { data } = await bus.request(listProvidersV1, { actor: owner, limit: 500 });
    expect(data.find((provider) => provider.id === id)?.health.status).toBe('healthy');
  });

  it('do not turn by one failure', async () => {
    const { id } = await create({ baseUrl: `${simulator.url}/v1` });
    await waitFor(async () => (await healthOf(id)).status === 'healthy');
    simulator.script('fault=500');
    await waitFor(() => simulator.pending === 0);
    const asked = simulator.counts.requests;
    await waitFor(() => simulator.counts.requests >= asked + 2);
    expect(published(id)?.healthy).toBe(true);
    expect(toldOf(id)).toEqual([]);
  });

  it('turn by silence, which ends at its deadline and holds up no other provider', async () => {
    const silent = await startSimulator({ defaults: 'fault=silence' });
    const { id } = await create({ baseUrl: `${silent.url}/v1` });
    const other = await create({ baseUrl: `${simulator.url}/v1` });
    await waitFor(async () => (await healthOf(id)).status === 'unhealthy');
    expect(await healthOf(id)).toMatchObject({ reason: 'no answer within 150 ms' });
    const asked = simulator.counts.requests;
    await waitFor(() => simulator.counts.requests >= asked + 2);
    expect((await healthOf(other.id)).status).toBe('healthy');
    await silent.stop();
  });

  it('are unknown again after a change of the provider', async () => {
    const { id } = await create({ baseUrl: 'http://127.0.0.1:9/v1' });
    await waitFor(() => published(id)?.healthy === false);
    const seen: (boolean | undefined)[] = [];
    await bus.watchSnapshot(routingTableSnapshot, ({ providers }) => {
      seen.push(providers.find((provider) => provider.id === id)?.healthy);
    });
    await bus.request(updateProviderV1, { actor: owner, providerId: id, region: 'eu' });
    await eventually(() => expect(seen).toContain(true));
    const request = { actor: owner, providerId: id, baseUrl: `${simulator.url}/v1`, apiKey: null };
    expect((await bus.request(updateProviderV1, request)).provider.health.status).toBe('unknown');
    await waitFor(() => published(id)?.healthy === true);
    await waitFor(async () => (await healthOf(id)).status === 'healthy');
  });

  it('are asked for by one of two replicas at a time', async () => {
    const { id } = await create({ baseUrl: `${simulator.url}/v1` });
    await routing.startReplica();
    await waitFor(async () => (await healthOf(id)).status === 'healthy');
    const before = simulator.counts.requests;
    const startedMs = performance.now();
    await sleep(10 * INTERVAL_MS);
    const turns = (performance.now() - startedMs) / (0.75 * INTERVAL_MS);
    expect(simulator.counts.requests - before).toBeLessThanOrEqual(turns + 1);
    expect(simulator.counts.requests - before).toBeGreaterThan(3);
  });
});

/** A provider whose list of models changes; what it lists are ids alone. */
class ListingProvider {
  models: string[] = [];
  status = 200;
  private readonly server: Server = createServer((_request, response) => {
    response.writeHead(this.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ object: 'list', data: this.models.map((id) => ({ id, object: 'model' })) }));
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

describe('[PR-017] the models of providers', () => {
  const routing = new RoutingHarness({ AO_CONFIG: '' });
  const { bus, create, groupsOf } = routing;
  const provider = new ListingProvider();
  const events: EventEnvelope<PayloadOf<typeof providerModelsChangedV1>>[] = [];
  let baseUrl: string;

  beforeAll(async () => {
    await routing.start();
    baseUrl = await provider.start();
    await bus.subscribe(providerModelsChangedV1, { kind: 'broadcast' }, (batch) => void events.push(...batch));
  });
  beforeEach(() => Object.assign(provider, { models: ['alpha', 'beta'], status: 200 }));
  afterAll(async () => {
    provider.stop();
    await routing.stop();
  });

  const sync = (providerId: string) => bus.request(syncProviderModelsV1, { actor: owner, providerId });
  const list = async (providerId: string, actor = owner) =>
    (await bus.request(listProviderModelsV1, { actor, providerId })).data;
  const told = (providerId: string) => events.filter(({ payload }) => payload.providerId === providerId);

  it('are recorded as new and as gone, told of, and never deployed by it', async () => {
    const { id } = await create({ baseUrl, models: ['beta'] });
    expect(await sync(id)).toEqual({ ok: true, reason: null, listed: 2, appeared: 2, vanished: 0 });
    const first = await list(id);
    expect(first).toEqual([
      { id: 'alpha', firstSeenAt: expect.any(String), vanishedAt: null, deployed: false },
      { id: 'beta', firstSeenAt: expect.any(String), vanishedAt: null, deployed: true },
    ]);

    provider.models = ['alpha', 'gamma'];
    expect(await sync(id)).toMatchObject({ appeared: 1, vanished: 1 });
    expect(await list(id)).toEqual([
      first[0],
      { ...first[1], vanishedAt: expect.any(String) },
      { id: 'gamma', firstSeenAt: expect.any(String), vanishedAt: null, deployed: false },
    ]);
    await waitFor(() => told(id).length > 0);
    expect(told(id).map(({ payload }) => [payload.appeared, payload.vanished])).toEqual([[['gamma'], ['beta']]]);
    expect(groupsOf(id)).toEqual(['beta']);

    provider.models = ['alpha', 'beta', 'gamma'];
    expect(await sync(id)).toMatchObject({ appeared: 1, vanished: 0 });
    expect((await list(id))[1]).toEqual(first[1]);
  });

  it('stay as they were known when the provider does not answer', async () => {
    const { id } = await create({ baseUrl });
    await sync(id);
    provider.status = 503;
    const reason = expect.stringContaining('(503)') as string;
    expect(await sync(id)).toEqual({ ok: false, reason, listed: 0, appeared: 0, vanished: 0 });
    expect((await list(id)).map(({ vanishedAt }) => vanishedAt)).toEqual([null, null]);
  });

  it('are listed page by page, to those alone who may see the provider', async () => {
    const { id } = await create({ baseUrl });
    await sync(id);
    const page = await bus.request(listProviderModelsV1, { actor: owner, providerId: id, limit: 1 });
    expect(page.data.map((model) => model.id)).toEqual(['alpha']);
    const cursor = page.nextCursor!;
    const rest = await bus.request(listProviderModelsV1, { actor: owner, providerId: id, limit: 1, cursor });
    expect([rest.data[0]?.id, rest.nextCursor]).toEqual(['beta', null]);
    const missing = { code: 'not_found' };
    await expect(list(id, stranger)).rejects.toMatchObject(missing);
    const foreign = bus.request(syncProviderModelsV1, { actor: stranger, providerId: id });
    await expect(foreign).rejects.toMatchObject(missing);
    await expect(list(id, { ...owner, role: 'member' })).rejects.toMatchObject({ code: 'permission_denied' });
  });

  it('are looked at on a schedule', async () => {
    const { id } = await create({ baseUrl });
    await routing.startReplica({ PROVIDER_MODELS_INTERVAL_MS: '100' });
    await waitFor(async () => (await list(id)).length === 2);
    provider.models = ['alpha', 'beta', 'delta'];
    await waitFor(async () => (await list(id)).length === 3);
  });
});
