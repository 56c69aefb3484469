import Anthropic from '@anthropic-ai/sdk';
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { GoogleGenAI } from '@google/genai';
import { jest } from '@jest/globals';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import { CohereClientV2 } from 'cohere-ai';
import { ModelFile } from './testing/model-file.js';
import { startPlatform, type RunningPlatform } from './testing/start-platform.js';
import { createTenant, requestRows, spentBy, sumUsd, type Tenant } from './testing/tenants.js';

jest.setTimeout(60_000);

const TEXT = 'Paris – 18 °C ☀️';
/** Nobody's. */
const AWS_KEY = 'AKIDEXAMPLE:notasecretbutlongenough';
const USAGE = { inputTokens: 12, outputTokens: 7 };
const messages = [{ role: 'user' as const, content: 'Weather?' }];
const MODEL = 'sim-chat';

describe('the vendors’ own libraries at their own APIs, through the platform', () => {
  let simulator: Simulator;
  let models: ModelFile;
  let platform: RunningPlatform;
  let tenant: Tenant;
  let key: string;

  beforeAll(async () => {
    simulator = await startSimulator();
    const costs = { model: MODEL, inputCost: 0.000002, outputCost: 0.000008 };
    models = await ModelFile.create([
      { name: 'a', provider: 'anthropic', baseUrl: simulator.url, ...costs },
      { name: 'b', provider: 'bedrock', baseUrl: simulator.url, apiKey: AWS_KEY, region: 'us-east-1', ...costs },
      { name: 'c', provider: 'cohere', baseUrl: simulator.url, ...costs },
      { name: 'g', provider: 'gemini', baseUrl: `${simulator.url}/v1beta`, ...costs },
    ]);
    platform = await startPlatform('standalone', { AO_CONFIG: models.path });
    tenant = await createTenant(platform.admin, '50');
    key = tenant.api.key!;
  });
  beforeEach(() => {
    simulator.reset();
    simulator.script({ behaviour: { text: TEXT, ...USAGE }, times: 2 });
  });
  afterAll(async () => {
    await platform?.stop();
    await Promise.all([simulator?.stop(), models?.remove()]);
  });

  it('[GW-011] AWS’s own client holds conversations with Bedrock, whole and in its binary streams', async () => {
    const client = new BedrockRuntimeClient({
      endpoint: `${platform.url}/bedrock`,
      region: 'us-east-1',
      // Where Bedrock's clients put an API key: the platform's own here.
      token: { token: key },
      authSchemePreference: ['httpBearerAuth'],
      maxAttempts: 1,
      requestHandler: new NodeHttpHandler(),
    });
    const input = { modelId: MODEL, messages: [{ role: 'user' as const, content: [{ text: 'Weather?' }] }] };
    const whole = await client.send(new ConverseCommand(input));
    expect(whole.output?.message?.content?.[0]?.text).toBe(TEXT);
    expect(whole.usage).toMatchObject(USAGE);
    let text = '';
    for await (const event of (await client.send(new ConverseStreamCommand(input))).stream!) {
      text += event.contentBlockDelta?.delta?.text ?? '';
    }
    expect(text).toBe(TEXT);
    const { headers } = simulator.requests[0]!;
    expect(headers['authorization']).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\//);
    client.destroy();
  });

  it('[GW-011] Cohere’s own client chats, whole and streamed', async () => {
    const client = new CohereClientV2({ token: key, baseUrl: `${platform.url}/cohere`, maxRetries: 0 });
    const whole = await client.chat({ model: MODEL, messages });
    expect(whole.message?.content?.[0]).toMatchObject({ type: 'text', text: TEXT });
    let text = '';
    for await (const event of await client.chatStream({ model: MODEL, messages })) {
      if (event.type === 'content-delta') text += event.delta?.message?.content?.text ?? '';
    }
    expect(text).toBe(TEXT);
    expect(simulator.requests[0]!.headers['authorization']).toBe('Bearer sk-provider-key');
  });

  it('[GW-011] Anthropic’s own client at /anthropic', async () => {
    const client = new Anthropic({ baseURL: `${platform.url}/anthropic`, apiKey: key, maxRetries: 0 });
    const request = { model: MODEL, max_tokens: 50, messages };
    expect((await client.messages.create(request)).content).toMatchObject([{ type: 'text', text: TEXT }]);
    expect((await client.messages.stream(request).finalMessage()).content).toMatchObject([{ text: TEXT }]);
    expect(simulator.requests[0]!.headers['x-api-key']).toBe('sk-provider-key');
  });

  it('[GW-011] Google’s own client at /gemini', async () => {
    const client = new GoogleGenAI({
      apiKey: key,
      apiVersion: 'v1beta',
      // With a fetch of its own it leaves alone Node's dispatcher, which a test's global object does not have.
      httpOptions: { baseUrl: `${platform.url}/gemini`, fetch: (...given) => fetch(...given) },
    });
    const request = { model: MODEL, contents: 'Weather?' };
    expect((await client.models.generateContent(request)).text).toBe(TEXT);
    let text = '';
    for await (const chunk of await client.models.generateContentStream(request)) text += chunk.text ?? '';
    expect(text).toBe(TEXT);
    expect(simulator.requests[0]!.headers['x-goog-api-key']).toBe('sk-provider-key');
  });

  it('[GW-011] meters and bills each of these calls', async () => {
    const rows = await requestRows(tenant.api, 8);
    // 12 tokens at $2 and 7 at $8 a million.
    expect(rows.map((row) => [row['status'], row['usage_source'], row['cost_usd']])).toEqual(
      rows.map(() => [200, 'provider', '0.00008']),
    );
    await waitFor(async () => (await spentBy(tenant.api)) === sumUsd(rows.map((row) => row['cost_usd'])));
  });
});
