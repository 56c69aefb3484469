import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import { ModelFile } from './testing/model-file.js';
import { modes } from './testing/platform-home.js';
import { startPlatform, startVariant, type RunningPlatform, type Variant } from './testing/start-platform.js';
import { createTenant, expectStatus, requestRow, signUp } from './testing/tenants.js';

jest.setTimeout(90_000);

const chat = { model: 'chat', messages: [{ role: 'user' as const, content: 'Who am I?' }], max_tokens: 20 };
const REVOKED_WITHIN_MS = 5_000;

describe.each(modes)('identity, %s', (mode) => {
  let provider: Simulator;
  let models: ModelFile;
  let platform: RunningPlatform;

  beforeAll(async () => {
    provider = await startSimulator();
    const baseUrl = `${provider.url}/v1`;
    models = await ModelFile.create([
      { name: 'chat', baseUrl, inputCost: 0.000001, outputCost: 0.000001 },
      { name: 'other', baseUrl, inputCost: 0.000001, outputCost: 0.000001 },
    ]);
    platform = await startPlatform(mode, { AO_CONFIG: models.path, SIGN_UP_ENABLED: 'true', LOG_LEVEL: 'warn' });
  });
  beforeEach(() => provider.reset());
  afterAll(async () => {
    await platform?.stop();
    await Promise.all([provider?.stop(), models?.remove()]);
  });

  describe('issued keys', () => {
    it('[ID-001] shows a key once, lists it masked, and refuses it on every gateway within 5 s of its revocation', async () => {
      // Another replica where there are replicas; in one process the same gateway once more.
      const replica = mode === 'cluster' ? await startVariant(platform, {}) : null;
      try {
        const made = expectStatus(await platform.admin.post('/v1/keys', { name: 'short-lived' }), 201).body;
        expect(made.key).toMatch(/^sk-ao-[\w-]{43}$/);
        const listed = await platform.admin.get('/v1/keys?limit=500');
        expect(listed.text).not.toContain(made.key);
        expect(listed.body.data).toContainEqual(
          expect.objectContaining({ id: made.id, masked: `sk-ao-****${made.key.slice(-4)}` }),
        );
        const clients = [platform.admin.as(made.key), ...(replica ? [replica.admin.as(made.key)] : [])];
        for (const client of clients) expect((await client.chat(chat)).status).toBe(200);
        expectStatus(await platform.admin.delete(`/v1/keys/${made.id}`), 200);
        for (const client of clients) {
          await waitFor(async () => (await client.chat(chat)).body.error?.code === 'invalid_api_key', {
            timeoutMs: REVOKED_WITHIN_MS,
            intervalMs: 20,
            description: 'the revoked key to be refused',
          });
        }
      } finally {
        await replica?.stop();
      }
    });

    it('[ID-001] holds a key to its models and to its expiry', async () => {
      const { api } = await createTenant(platform.admin, '1', { models: ['chat'] });
      expect((await api.chat(chat)).status).toBe(200);
      expect(await api.chat({ ...chat, model: 'other' })).toMatchObject({
        status: 403,
        body: { error: { code: 'permission_denied' } },
      });
      const soon = new Date(Date.now() + 1_500).toISOString();
      const expiring = await createTenant(platform.admin, '1', { expires_at: soon });
      expect((await expiring.api.chat(chat)).status).toBe(200);
      await waitFor(async () => (await expiring.api.chat(chat)).status === 401, {
        timeoutMs: REVOKED_WITHIN_MS,
        intervalMs: 100,
      });
    });

    it.each([
      ['no header', undefined, 'missing_api_key', 'Authorization'],
      ['a wrong key', 'Bearer sk-ao-wrong', 'invalid_api_key', 'unknown'],
      ['Basic', `Basic ${Buffer.from('user:password').toString('base64')}`, 'invalid_api_key', 'Bearer'],
      ['a bare key', 'sk-ao-bare', 'invalid_api_key', 'Bearer'],
    ])('[ID-002] refuses %s with 401 and says what to send', async (_case, authorization, code, hint) => {
      const anonymous = platform.admin.as(null);
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
      const answers = [
        await anonymous.chat(chat, headers),
        await anonymous.get('/v1/models', headers),
        await anonymous.get('/v1/wallet/balance', headers),
        await anonymous.post('/v1/keys', { name: 'mine' }, headers),
      ];
      for (const { status, body } of answers) {
        expect({ status, code: body.error.code, type: body.error.type }).toEqual({
          status: 401,
          code,
          type: 'authentication_error',
        });
        expect(body.error.message).toContain(hint);
      }
      expect(provider.counts.requests).toBe(0);
    });
  });

  it('[ID-008] signs up an organisation whose first key completes a chat, and keeps organisations apart', async () => {
    const [first, second] = await Promise.all([signUp(platform.admin), signUp(platform.admin)]);
    const id = randomUUID();
    const completion = await first.api.openai().chat.completions.create(chat, { headers: { 'x-request-id': id } });
    expect(completion.choices[0]?.message.content).toBeTruthy();
    const row = await requestRow(first.api, id);
    expect(row).toMatchObject({ status: 200, key_id: first.keyId });
    expect((await first.api.get('/v1/teams')).body.data).toHaveLength(1);
    for (const stranger of [second.api, platform.admin]) {
      expect((await stranger.get(`/v1/requests/${row['id']}`)).status).toBe(404);
      expect((await stranger.get(`/v1/wallets/${first.walletId}/balance`)).status).toBe(404);
      expect((await stranger.delete(`/v1/keys/${first.keyId}`)).status).toBe(404);
    }
    expect((await first.api.chat(chat)).status).toBe(200);
  });

  describe('modes without issued keys', () => {
    const running: Variant[] = [];
    const start = async (environment: Record<string, string>): Promise<Variant> => {
      const variant = await startVariant(platform, environment);
      running.push(variant);
      return variant;
    };
    afterEach(async () => {
      await Promise.all(running.splice(0).map((variant) => variant.stop()));
    });

    it('[ID-003] takes every key of API_KEY and API_KEYS, and nobody else’s', async () => {
      const [one, two] = ['sk-cca-one-0123456789', 'sk-cca-two-0123456789'];
      const { admin } = await start({ AUTH_MODE: 'static', API_KEY: one, API_KEYS: `${two}, ${one}` });
      const statusOf = async (key: string | null): Promise<number> => (await admin.as(key).chat(chat)).status;
      expect([await statusOf(one), await statusOf(two)]).toEqual([200, 200]);
      expect([await statusOf(null), await statusOf('sk-cca-three'), await statusOf(platform.admin.key)]).toEqual([
        401, 401, 401,
      ]);
    });

    it('[ID-003] asks for no key in mode static without keys', async () => {
      const { admin } = await start({ AUTH_MODE: 'static' });
      expect((await admin.as(null).chat(chat)).status).toBe(200);
    });

    it('[ID-007] knows embedded_user where no key is sent, and still refuses a wrong one', async () => {
      const { admin } = await start({ AUTH_MODE: 'embedded' });
      const local = admin.as(null);
      const id = randomUUID();
      expect((await local.chat(chat, { 'x-request-id': id })).status).toBe(200);
      expect(await requestRow(local, id)).toMatchObject({ user_id: 'embedded_user' });
      expect((await admin.as('sk-ao-wrong').chat(chat)).status).toBe(401);
      const issued = await createTenant(admin, '1');
      const own = randomUUID();
      expect((await issued.api.chat(chat, { 'x-request-id': own })).status).toBe(200);
      expect(await requestRow(issued.api, own)).toMatchObject({ key_id: issued.keyId });
    });
  });
});
