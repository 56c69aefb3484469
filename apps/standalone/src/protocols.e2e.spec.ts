import Anthropic from '@anthropic-ai/sdk';
import { jest } from '@jest/globals';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { ModelFile } from './testing/model-file.js';
import { protocolClients, type ProtocolClient } from './testing/protocol-clients.js';
import { startPlatform, type RunningPlatform } from './testing/start-platform.js';
import { createTenant, requestRows, spentBy, type Tenant } from './testing/tenants.js';

jest.setTimeout(120_000);

const ANSWER = 'Paris is sunny – 18 °C, “lovely” ☀️';
const PROMPT = 'What is the weather in Paris?';
/** Nobody's. */
const AWS_KEY = 'AKIDEXAMPLE:notasecretbutlongenough';
const USAGE = { inputTokens: 12, outputTokens: 7 };
const SCRIPT = { text: ANSWER, ...USAGE };
const COSTS = { inputCost: 0.000002, outputCost: 0.000008 };

/** The protocols that providers speak, with where each is below the simulator. */
const PROVIDERS = [
  ['openai', '/v1'],
  ['anthropic', ''],
  ['gemini', '/v1beta'],
  ['bedrock', ''],
  ['cohere', ''],
  ['ollama', ''],
] as const;

describe('the vendors’ own libraries, with any provider behind the platform', () => {
  let simulator: Simulator;
  let models: ModelFile;
  let platform: RunningPlatform;
  let tenant: Tenant;
  let clients: Map<string, ProtocolClient>;

  beforeAll(async () => {
    simulator = await startSimulator();
    models = await ModelFile.create(
      PROVIDERS.map(([provider, path]) => ({
        name: `on-${provider}`,
        provider,
        model: 'sim-chat',
        baseUrl: simulator.url + path,
        ...(provider === 'bedrock' && { apiKey: AWS_KEY, region: 'us-east-1' }),
        ...COSTS,
      })),
    );
    platform = await startPlatform('standalone', { AO_CONFIG: models.path });
    tenant = await createTenant(platform.admin, '50');
    clients = new Map(protocolClients(platform.url, tenant.api.key!).map((client) => [client.name, client]));
  });
  beforeEach(() => simulator.reset());
  afterAll(async () => {
    await platform?.stop();
    await Promise.all([simulator?.stop(), models?.remove()]);
  });

  const names = protocolClients('http://unused', 'unused').map(({ name }) => name);
  const pairs = names.flatMap((name) => PROVIDERS.map(([provider]) => [name, provider] as const));

  it.each(pairs)(
    '[BX-004] [GW-006] %s speaks with %s: text, streams and tools, each billed',
    async (name, provider) => {
      const client = clients.get(name)!;
      const model = `on-${provider}`;
      simulator.script({ behaviour: SCRIPT, times: 2 });
      expect(await client.say(model, PROMPT)).toEqual({ text: ANSWER, calls: [], ...USAGE });
      expect(await client.stream(model, PROMPT)).toEqual({ text: ANSWER, calls: [], ...USAGE });

      simulator.script(
        { behaviour: { tool: true, toolArguments: '{"city":"Paris"}', ...USAGE } },
        { behaviour: SCRIPT },
      );
      const { call, after } = await client.useTool(model, PROMPT);
      expect(call).toMatchObject({ calls: [{ name: 'get_weather', arguments: { city: 'Paris' } }], ...USAGE });
      expect(after).toMatchObject({ text: ANSWER, calls: [] });
    },
  );

  it('[GW-008] lists the models in the shape that each library reads', async () => {
    const key = tenant.api.key!;
    const has = (ids: (string | undefined)[]): void =>
      expect(ids.toSorted()).toEqual(expect.arrayContaining(PROVIDERS.map(([provider]) => `on-${provider}`)));
    has((await new OpenAI({ baseURL: `${platform.url}/v1`, apiKey: key }).models.list()).data.map(({ id }) => id));
    has((await new Anthropic({ baseURL: platform.url, apiKey: key }).models.list()).data.map(({ id }) => id));
    const host = new Ollama({ host: platform.url, headers: { authorization: `Bearer ${key}` } });
    has((await host.list()).models.map(({ name }) => name));
    const google = await fetch(`${platform.url}/v1beta/models`, { headers: { 'x-goog-api-key': key } });
    const { models: listed } = (await google.json()) as { models: { name: string }[] };
    has(listed.map(({ name }) => name.replace('models/', '')));
    expect((await fetch(`${platform.url}/api/tags`)).status).toBe(401);
  });

  it('[MT-001] billed every one of these calls by what its provider reported', async () => {
    const calls = pairs.length * 4;
    const rows = await requestRows(tenant.api, calls);
    expect(rows).toHaveLength(calls);
    expect(rows.every((row) => row['usage_source'] === 'provider')).toBe(true);
    // 12 tokens at $2 and 7 at $8 a million.
    await waitFor(async () => (await spentBy(tenant.api)) === BigInt(calls) * 80_000n);
  });
});
