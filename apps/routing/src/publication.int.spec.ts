import { MemoryBus } from '@ao/bus';
import { createProviderV1, deleteProviderV1, routingTableSnapshot } from '@ao/contracts';
import { silentLogger } from '@ao/kernel';
import { runService } from '@ao/runtime';
import { waitFor } from '@ao/testing';
import { AwayBus, RoutingHarness, owner, type Table } from './harness.suite.js';
import { routingService } from './index.js';

describe('routing', () => {
  const routing = new RoutingHarness();
  const { bus, create, published, groupsOf } = routing;

  beforeAll(() => routing.start());
  afterAll(() => routing.stop());

  it('publishes what another replica stored, each time with a higher version', async () => {
    const other = new MemoryBus(silentLogger);
    const replica = await runService(routingService, {
      ...routing.host,
      bus: other,
      environment: { ...routing.host.environment, AO_CONFIG: '' },
    });
    const versions: number[] = [];
    await bus.watchSnapshot(routingTableSnapshot, ({ version }) => void versions.push(version));
    const request = {
      actor: owner,
      name: 'from the other',
      baseUrl: 'https://api.mistral.ai/v1/',
      models: ['mistral-large'],
    };
    const { provider } = await other.request(createProviderV1, request);
    await waitFor(() => published(provider.id));
    expect(published(provider.id)).toMatchObject({ vendor: 'mistral', baseUrl: 'https://api.mistral.ai/v1' });
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
    await replica.stop();
    await other.close();
  });

  it('publishes late when the bus was away, and is not ready until it has', async () => {
    const flaky = new AwayBus(silentLogger);
    let last: Table | undefined;
    await flaky.watchSnapshot(routingTableSnapshot, (value) => void (last = value));
    const replica = await runService(routingService, { ...routing.host, bus: flaky });
    expect((await replica.checkHealth())['routing_table']).toMatchObject({ ok: false });
    flaky.away = false;
    await waitFor(() => last);
    expect((await replica.checkHealth())['routing_table']).toMatchObject({ ok: true });

    flaky.away = true;
    const request = { actor: owner, name: 'made while the bus was away', baseUrl: 'https://api.groq.com/openai/v1' };
    const { provider } = await flaky.request(createProviderV1, request);
    expect(last!.providers.some(({ id }) => id === provider.id)).toBe(false);
    flaky.away = false;
    await waitFor(() => last!.providers.some(({ id }) => id === provider.id));
    await replica.stop();
    await flaky.close();
  });

  it('leaves the newest state published when many change it at once', async () => {
    const made = await Promise.all(Array.from({ length: 10 }, (_, index) => create({ models: [`at-once-${index}`] })));
    await waitFor(() => made.every(({ id }) => published(id)));
    expect(made.flatMap(({ id }) => groupsOf(id))).toHaveLength(10);
    await Promise.all(made.map(({ id }) => bus.request(deleteProviderV1, { actor: owner, providerId: id })));
    await waitFor(() => !made.some(({ id }) => published(id)));
  });

  it('answers its health check with its dependencies', async () => {
    const ok = { ok: true, detail: null };
    expect(await routing.service.checkHealth()).toEqual({ bus: ok, postgres: ok, routing_table: ok });
  });
});
