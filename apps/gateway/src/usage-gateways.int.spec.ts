import { routingTableSnapshot } from '@ao/contracts';
import { openMemoryKeyValue } from '@ao/keyvalue';
import { waitFor } from '@ao/testing';
import { preloadEncoders } from '@ao/tokens';
import { LimitedGateways, chat } from './limits-gateway.suite.js';

/** Without the use of others each would be picked half the time. */
const PICKS = 20;

describe('two gateways that compare deployments by usage', () => {
  let gateways: LimitedGateways;
  let urls: string[];

  beforeAll(async () => {
    gateways = await LimitedGateways.open();
    const provider = { id: 'prv_1', name: 'simulated', kind: 'openai', sealedKey: null, timeouts: {} };
    const deployment = { modelGroup: 'chat', providerId: 'prv_1', model: 'm', source: 'config' };
    const table = {
      version: 2,
      providers: [{ ...provider, baseUrl: `${gateways.provider.url}/v1` }],
      deployments: ['dep_1', 'dep_2'].map((id) => ({ ...deployment, id })),
      aliases: [],
      settings: [{ orgId: null, settings: { strategy: 'usage-based-routing-v2' } }],
    };
    await gateways.bus.putSnapshot(routingTableSnapshot, routingTableSnapshot.value.parse(table));
    const shared = openMemoryKeyValue();
    // Or the gateways would be at it when all this is over.
    await preloadEncoders();
    urls = await Promise.all([1, 2].map(() => gateways.start(shared)));
  });
  afterAll(() => gateways?.stop());

  it('[RT-013] pick the one that the other gateway has not used', async () => {
    const key = gateways.issue({ keyId: 'key_usage' });
    const pickAt = async (url: string): Promise<string> => {
      const answer = await chat(url, key, { headers: { 'x-dry-run': 'true' } });
      return ((await answer.json()) as { route: { deployment_id: string } }).route.deployment_id;
    };
    const answer = await chat(urls[0]!, key);
    expect(answer.status).toBe(200);
    await answer.text();
    const unused = await pickAt(urls[0]!);
    await waitFor(
      async () => {
        const picks = await Promise.all(Array.from({ length: PICKS }, () => pickAt(urls[1]!)));
        return picks.every((picked) => picked === unused);
      },
      { timeoutMs: 10_000, intervalMs: 200, description: 'the other gateway to hear of the call' },
    );
  });
});
