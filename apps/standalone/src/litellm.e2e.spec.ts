import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { temporaryFolder, waitFor, type TemporaryFolder } from '@ao/testing';
import type { ApiClient } from './testing/api-client.js';
import { expectStatus } from './testing/tenants.js';
import { startPlatform, type RunningPlatform } from './testing/start-platform.js';

jest.setTimeout(90_000);

const MASTER_KEY = 'sk-1234-as-in-litellm';
const messages = [{ role: 'user', content: 'Hello' }];

/** A file as LiteLLM's users write it, on two providers. */
const fileOf = (provider: Simulator, other: Simulator, settings: string): string => `
model_list:
  - model_name: gpt-4o
    litellm_params:
      model: openai/sim-first
      litellm_credential_name: ours
      rpm: 600
      timeout: 30
      stream_timeout: 10
    model_info: {input_cost_per_token: 0.000001, output_cost_per_token: 0.000002}
  - model_name: claude
    litellm_params:
      model: openai/sim-second
      api_base: ${other.url}/v1
      api_key: sk-other
      max_parallel_requests: 10
    model_info: {input_cost_per_token: 0.000001, output_cost_per_token: 0.000002}
  - model_name: anthropic-model
    litellm_params:
      model: anthropic/sim-claude
      api_base: ${other.url}
      api_key: sk-other
    model_info: {input_cost_per_token: 0.000001, output_cost_per_token: 0.000002}
  - model_name: sim/*
    litellm_params: {model: "openai/*", litellm_credential_name: ours}
    model_info: {input_cost_per_token: 0.001, output_cost_per_token: 0.002}
credential_list:
  - credential_name: ours
    credential_values: {api_base: "${provider.url}/v1", api_key: os.environ/OUR_API_KEY}
${settings}
general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY
`;

describe('a LiteLLM installation that moved here', () => {
  let [provider, other]: Simulator[] = [];
  let folder: TemporaryFolder;
  let platform: RunningPlatform;
  let api: ApiClient;
  const write = (settings: string) => writeFile(join(folder.path, 'config.yaml'), fileOf(provider!, other!, settings));

  beforeAll(async () => {
    [provider, other] = await Promise.all([startSimulator(), startSimulator()]);
    folder = await temporaryFolder('litellm');
    await write('');
    platform = await startPlatform('standalone', {
      AO_CONFIG: join(folder.path, 'config.yaml'),
      AO_ADMIN_KEY: '',
      LITELLM_MASTER_KEY: MASTER_KEY,
      OUR_API_KEY: 'sk-ours',
    });
    api = platform.admin.as(MASTER_KEY);
  });
  beforeEach(() => [provider, other].forEach((each) => each!.reset()));
  afterAll(async () => {
    await platform?.stop();
    await Promise.all([provider?.stop(), other?.stop(), folder?.remove()]);
  });

  it('[BX-008] is opened by its master key, which no log has', async () => {
    const answer = expectStatus(await api.chat({ model: 'gpt-4o', messages }), 200);
    expect(provider!.requests[0]).toMatchObject({ model: 'sim-first', headers: { authorization: 'Bearer sk-ours' } });
    for (const name of ['call-id', 'model-id', 'model-group', 'response-cost', 'overhead-duration-ms']) {
      expect(answer.headers.get(`x-litellm-${name}`)).toBeTruthy();
    }
    const [overhead, duration] = ['overhead', 'response'].map((name) =>
      Number(answer.headers.get(`x-litellm-${name}-duration-ms`)),
    );
    expect(duration).toBeGreaterThan(overhead!);
    expect(platform.program.stdout + platform.program.stderr).not.toContain(MASTER_KEY);
  });

  it.each([
    ['/v1/chat/completions', { model: 'gpt-4o', messages }],
    ['/v1/completions', { model: 'gpt-4o', prompt: 'Hello' }],
    ['/v1/embeddings', { model: 'gpt-4o', input: 'Hello' }],
    ['/v1/responses', { model: 'gpt-4o', input: 'Hello' }],
    ['/v1/moderations', { model: 'gpt-4o', input: 'Hello' }],
  ])('[BX-008] keeps from a provider what LiteLLM calls ask of the gateway at %s', async (path, body) => {
    const wishes = {
      num_retries: 1,
      timeout: 20,
      stream_timeout: 5,
      fallbacks: ['claude'],
      context_window_fallbacks: [{ 'gpt-4o': ['claude'] }],
      priority: 1,
      tags: ['top'],
      mock_testing_fallbacks: false,
      metadata: { tags: ['in-metadata'], kept: 'yes' },
    };
    expectStatus(await api.post(path, { ...wishes, ...body }), 200);
    expect(provider!.requests.at(-1)!.body).toEqual({ ...body, model: 'sim-first', metadata: { kept: 'yes' } });
  });

  it('[BX-008] falls back, where a call says so, to the models that it names', async () => {
    provider!.script('fault=500');
    const answer = expectStatus(
      await api.chat({ model: 'gpt-4o', messages, num_retries: 0, fallbacks: ['claude'] }),
      200,
    );
    expect([provider!.requests.length, other!.requests.length]).toEqual([1, 1]);
    expect(answer.headers.get('x-litellm-attempted-fallbacks')).toBe('1');
    expect(answer.headers.get('x-litellm-model-group')).toBe('claude');
  });

  it('[BX-008] serves every name of a wildcard at its price, and names it by its pattern', async () => {
    provider!.script({ behaviour: { inputTokens: 10, outputTokens: 20 } });
    const answer = expectStatus(await api.chat({ model: 'sim/sim-of-tomorrow', messages, max_tokens: 20 }), 200);
    expect(provider!.requests[0]!.model).toBe('sim-of-tomorrow');
    expect(answer.headers.get('x-ao-cost-usd')).toBe('0.05');
    expect(answer.headers.get('x-litellm-model-group')).toBe('sim/*');
    expectStatus(await api.chat({ model: 'elsewhere/x', messages }), 503);
  });

  it.each([
    [{ 'x-litellm-num-retries': 'many' }, 'x-litellm-num-retries'],
    [{ 'x-litellm-timeout': '-1' }, 'x-litellm-timeout'],
    [{ 'x-litellm-stream-timeout': '0' }, 'x-litellm-stream-timeout'],
  ])('[BX-008] refuses the header %j', async (headers, param) => {
    const { body } = expectStatus(await api.chat({ model: 'gpt-4o', messages }, headers), 400);
    expect(body.error).toMatchObject({ code: 'invalid_header_value', param });
  });

  it('[BX-008] retries as often as a header says, and gives up when one says so', async () => {
    provider!.script('fault=500');
    expectStatus(await api.chat({ model: 'gpt-4o', messages }, { 'x-litellm-num-retries': '0' }), 502);
    expect(provider!.requests).toHaveLength(1);
    provider!.script('latency_ms=5000');
    const late = await api.chat({ model: 'gpt-4o', messages, num_retries: 0 }, { 'x-litellm-timeout': '0.2' });
    expect([late.status, late.body.error.code]).toEqual([504, 'timeout']);
  });

  it('[RT-016] [BX-008] follows the settings of its file without a restart', async () => {
    const call = { model: 'anthropic-model', messages, frequency_penalty: 1 };
    expectStatus(await api.chat(call), 400);
    provider!.setDefaults('fault=500');
    const settings = 'litellm_settings: {drop_params: true, num_retries: 0, fallbacks: [{gpt-4o: [claude]}]}';
    await write(settings);
    await waitFor(async () => (await api.chat(call)).status === 200);
    expect(expectStatus(await api.chat({ model: 'gpt-4o', messages }), 200).headers.get('x-litellm-model-group')).toBe(
      'claude',
    );
    await write('');
    await waitFor(async () => (await api.chat({ model: 'gpt-4o', messages })).status >= 500);
  });
});
