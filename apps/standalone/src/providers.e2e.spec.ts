import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { jest } from '@jest/globals';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { temporaryFolder, waitFor, type TemporaryFolder } from '@ao/testing';
import { contentOf } from './testing/event-stream.js';
import { ModelFile } from './testing/model-file.js';
import { modes } from './testing/platform-home.js';
import { startPlatform, type RunningPlatform } from './testing/start-platform.js';
import { createTenant, expectStatus, type Tenant } from './testing/tenants.js';

jest.setTimeout(60_000);

const messages = [{ role: 'user' as const, content: 'Hello' }];

describe.each(modes)('providers, %s', (mode) => {
  let folder: TemporaryFolder;
  let first: Simulator;
  let second: Simulator;
  let models: ModelFile;
  let platform: RunningPlatform;
  let tenant: Tenant;

  const keyFile = (): string => path.join(folder.path, 'key');
  const writeKey = async (key: string): Promise<void> => {
    await writeFile(`${keyFile()}.new`, key);
    await rename(`${keyFile()}.new`, keyFile());
  };

  beforeAll(async () => {
    folder = await temporaryFolder('provider-keys');
    await writeKey('sk-in-a-file-0001');
    [first, second] = await Promise.all([startSimulator(), startSimulator()]);
    const costs = { inputCost: 0.000001, outputCost: 0.000002 };
    const keyed = { baseUrl: `${first.url}/v1`, apiKey: `file:${keyFile()}`, ...costs };
    models = await ModelFile.create([
      { name: 'chat', model: 'sim-first', ...keyed },
      { name: 'keyed', model: 'sim-keyed', ...keyed },
      { name: 'chat', model: 'sim-second', baseUrl: `${second.url}/v1`, ...costs },
    ]);
    platform = await startPlatform(mode, {
      AO_CONFIG: models.path,
      AO_PROVIDER_KEY_DIRECTORY: folder.path,
      AO_ALLOW_PRIVATE_PROVIDER_URLS: 'true',
      PROVIDER_HEALTH_INTERVAL_MS: '1000',
      PROVIDER_KEY_INTERVAL_MS: '500',
    });
    tenant = await createTenant(platform.admin, '50');
  });
  afterAll(async () => {
    await platform?.stop();
    await Promise.all([first?.stop(), second?.stop(), models?.remove(), folder?.remove()]);
  });

  const statesInHealth = async (): Promise<string[]> => {
    const { body } = await platform.admin.as(null).get('/health');
    return body.checks.providers.list.map(({ status }: { status: string }) => status).sort();
  };
  const callsAt = (simulator: Simulator): number =>
    simulator.requests.filter((request) => request.path === '/v1/chat/completions').length;
  const chatOften = async (): Promise<void> => {
    for (let call = 0; call < 12; call += 1) {
      expect((await tenant.api.chat({ model: 'chat', messages })).status).toBe(200);
    }
  };

  it('[PR-016] leaves a provider out while it fails its checks, says so, and takes it back', async () => {
    await waitFor(async () => (await statesInHealth()).join() === 'healthy,healthy', { timeoutMs: 20_000 });
    first.setDefaults('fault=500');
    await waitFor(async () => (await statesInHealth()).includes('unhealthy'), { timeoutMs: 20_000 });
    const before = callsAt(first);
    await chatOften();
    expect(callsAt(first)).toBe(before);
    const { data } = expectStatus(await platform.admin.get('/v1/providers'), 200).body;
    const sick = data.filter(({ health }: { health: { status: string } }) => health.status === 'unhealthy');
    expect(sick).toEqual([
      expect.objectContaining({
        key_ref: `file:${keyFile()}`,
        health: {
          status: 'unhealthy',
          reason: expect.stringContaining('(500)'),
          checked_at: expect.any(String),
          latency_ms: expect.any(Number),
        },
      }),
    ]);

    first.setDefaults('');
    await waitFor(async () => (await statesInHealth()).join() === 'healthy,healthy', { timeoutMs: 20_000 });
    await waitFor(async () => {
      await tenant.api.chat({ model: 'chat', messages });
      return callsAt(first) > before;
    });
  });

  it('[PR-018] lets a call under way end with the old key, and begins the next with the new one', async () => {
    first.script({ behaviour: 'token_interval_ms=150&output_tokens=40', model: 'sim-keyed' });
    const stream = await tenant.api.stream({ model: 'keyed', messages });
    await writeKey('sk-in-a-file-0002');
    await waitFor(
      async () => {
        expectStatus(await tenant.api.chat({ model: 'keyed', messages }), 200);
        const calls = first.requests.filter(({ model }) => model === 'sim-keyed');
        return calls.at(-1)?.headers['authorization'] === 'Bearer sk-in-a-file-0002';
      },
      { timeoutMs: 20_000 },
    );
    const events = await stream.all();
    expect(contentOf(events).length).toBeGreaterThan(100);
    const [begun] = first.requests.filter(({ model }) => model === 'sim-keyed');
    expect(begun).toMatchObject({ headers: { authorization: 'Bearer sk-in-a-file-0001' }, aborted: false });
  });

  it('[PR-013] [PR-017] sets a provider up over the API, shows its models, and hides its key', async () => {
    const settings = {
      name: 'own',
      base_url: `${second.url}/v1`,
      api_key: 'sk-own-provider-key-7f3a',
      vendor: 'groq',
      timeouts: { connect_ms: 1_000, total_ms: 5_000 },
      connections_max: 7,
      region: 'eu',
      tags: ['paid'],
      models: ['demo-chat'],
    };
    const made = expectStatus(await platform.admin.post('/v1/providers', settings), 201);
    expect(made.body).toMatchObject({
      key_masked: 'sk-own-****7f3a',
      key_ref: null,
      vendor: 'groq',
      timeouts: { connect_ms: 1_000, first_byte_ms: 120_000, idle_ms: 60_000, total_ms: 5_000 },
      connections_max: 7,
      health: { status: 'unknown', reason: null, checked_at: null, latency_ms: null },
    });
    const at = `/v1/providers/${made.body.id}`;
    expect((await platform.admin.post(`${at}/sync`, {})).body).toEqual({
      ok: true,
      reason: null,
      listed: 2,
      appeared: 2,
      vanished: 0,
    });
    const seen = expectStatus(await platform.admin.get(`${at}/models`), 200).body;
    expect(seen).toEqual({
      data: [
        { id: 'demo-chat', first_seen_at: expect.any(String), vanished_at: null, deployed: true },
        { id: 'demo-embedding', first_seen_at: expect.any(String), vanished_at: null, deployed: false },
      ],
      next_cursor: null,
    });
    const changed = expectStatus(await platform.admin.patch(at, { api_key: null, key_ref: `file:${keyFile()}` }), 200);
    expect(changed.body).toMatchObject({ key_masked: null, key_ref: `file:${keyFile()}` });
    expect((await platform.admin.post(`${at}/rotate-key`, {})).body).toEqual({ outcome: 'unchanged', reason: null });
    expect((await platform.admin.patch(at, { key_ref: 'file:/etc/passwd' })).status).toBe(403);
    expectStatus(await platform.admin.delete(at), 200);
    expect((await platform.admin.get(`${at}/models`)).status).toBe(404);
  });
});
