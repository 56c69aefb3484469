import { jest } from '@jest/globals';
import { ZERO_USD } from '@ao/kernel';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import { ModelFile } from './testing/model-file.js';
import { modes } from './testing/platform-home.js';
import { startPlatform, type RunningPlatform } from './testing/start-platform.js';
import { createTenant, expectStatus, requestRow, requestRows, spentBy } from './testing/tenants.js';

jest.setTimeout(90_000);

const messages = [{ role: 'user' as const, content: 'How much?' }];
const chat = { model: 'dear', messages, max_tokens: 100 };
const anthropic = { ...chat, metadata: { user_id: 'ann' } };
const gemini = {
  contents: [{ role: 'user', parts: [{ text: 'How much?' }] }],
  generationConfig: { maxOutputTokens: 100 },
};
const responses = { model: 'dear', input: 'How much?', max_output_tokens: 100 };

/** Whom a key of this test may name. */
const RULES = { allowed_tags: ['a'], bound_tags: ['bound'], allowed_end_users: ['ann'] };

describe.each(modes)('whom a key says its calls are for, %s', (mode) => {
  let provider: Simulator;
  let models: ModelFile;
  let platform: RunningPlatform;

  beforeAll(async () => {
    provider = await startSimulator();
    const baseUrl = `${provider.url}/v1`;
    models = await ModelFile.create([{ name: 'dear', model: 'sim-dear', baseUrl, inputCost: 0, outputCost: 0.001 }]);
    platform = await startPlatform(mode, { AO_CONFIG: models.path, AO_ALLOW_PRIVATE_PROVIDER_URLS: 'true' });
    // Each call costs 0.10.
    provider.setDefaults('output_tokens=100&input_tokens=1');
  });
  afterAll(async () => {
    await platform?.stop();
    await Promise.all([provider?.stop(), models?.remove()]);
  });

  it('[BX-020] refuses a tag that the key is not allowed, and another end user, in every protocol, and bills nothing', async () => {
    const { api } = await createTenant(platform.admin, '5', RULES);
    const sent = provider.requests.length;
    const tagged = { metadata: { tags: ['a', 'b'] } };
    const calls: [path: string, body: object, headers: Record<string, string>, param: string][] = [
      ['/v1/chat/completions', chat, { 'x-ao-tags': 'a, b' }, 'x-ao-tags'],
      ['/v1/chat/completions', { ...chat, stream: true }, { 'x-litellm-tags': 'b' }, 'x-ao-tags'],
      ['/v1/chat/completions', { ...chat, ...tagged }, {}, 'tags'],
      ['/v1/chat/completions', { ...chat, user: 'eve' }, {}, 'user'],
      ['/v1/chat/completions', chat, { 'x-litellm-end-user-id': 'eve' }, 'x-ao-end-user'],
      ['/v1/chat/completions', chat, { 'x-ao-tags': 'b', 'x-dry-run': 'true' }, 'x-ao-tags'],
      ['/v1/embeddings', { model: 'dear', input: 'text', user: 'eve' }, {}, 'user'],
      ['/v1/completions', { model: 'dear', prompt: 'How much?', user: 'eve' }, {}, 'user'],
      ['/v1/responses', { ...responses, ...tagged }, {}, 'tags'],
      ['/v1/responses', { ...responses, user: 'eve' }, {}, 'user'],
      ['/v1/messages', { ...anthropic, metadata: { user_id: 'eve' } }, {}, 'user'],
      ['/v1/messages', anthropic, { 'x-ao-tags': 'b' }, 'x-ao-tags'],
      ['/v1beta/models/dear:generateContent', gemini, { 'x-ao-tags': 'b' }, 'x-ao-tags'],
      ['/v1beta/models/dear:generateContent', gemini, { 'x-ao-end-user': 'eve' }, 'x-ao-end-user'],
      ['/api/chat', { model: 'dear', messages, stream: false }, { 'x-ao-tags': 'b' }, 'x-ao-tags'],
    ];
    for (const [path, body, headers, param] of calls) {
      const answer = expectStatus(await api.post(path, body, headers), 400);
      expect(answer.text).toMatch(/This API key may not name the (tag 'b'|end user 'eve')\. Leave it out/);
      if (path.startsWith('/v1/chat')) expect(answer.body.error).toMatchObject({ code: 'invalid_parameter', param });
    }
    expect(provider.requests).toHaveLength(sent);
    expectStatus(await api.chat({ ...chat, user: 'ann' }, { 'x-ao-tags': 'a' }), 200);
    // The log has this one call, and so had none of those before.
    expect(await requestRows(api, 1)).toMatchObject([{ status: 200, tags: ['bound', 'a'], end_user_id: 'ann' }]);
    await waitFor(async () => (await spentBy(api)) !== ZERO_USD);
    expect((await api.get('/v1/wallet/balance')).body.spent_usd).toBe('0.1');
  });

  it('[BX-020] shows what a key may name, and logs what is bound to it for calls that do not name it', async () => {
    const rules = { ...RULES, bound_end_user: 'ann' };
    const { api, keyId } = await createTenant(platform.admin, '5', rules);
    const { data } = expectStatus(await platform.admin.get('/v1/keys?limit=500'), 200).body;
    expect(data.find(({ id }: { id: string }) => id === keyId)).toMatchObject(rules);
    const calls: [path: string, body: object][] = [
      ['/v1/chat/completions', chat],
      ['/v1/responses', responses],
      ['/v1/messages', anthropic],
      ['/v1beta/models/dear:generateContent', gemini],
    ];
    for (const [path, body] of calls) {
      const { headers } = expectStatus(await api.post(path, body), 200);
      const row = await requestRow(api, headers.get('x-request-id')!);
      expect(row).toMatchObject({ tags: ['bound'], end_user_id: 'ann' });
    }
  });

  it('[BX-020] lets no call dodge the budget of a bound tag by leaving the tag out', async () => {
    const scope = { tag: `budgeted-${mode}` };
    const budget = { name: 'of the tag', scope, limit_usd: '0.1' };
    const { id } = expectStatus(await platform.admin.post('/v1/wallets', budget), 201).body;
    const { api } = await createTenant(platform.admin, '5', { bound_tags: [scope.tag] });
    expectStatus(await api.chat(chat), 200);
    const dodges = [{}, { 'x-ao-tags': 'other' }, { 'x-ao-tags': Array.from({ length: 50 }, (_, tag) => tag).join() }];
    for (const headers of dodges) {
      expect(await api.chat(chat, headers as Record<string, string>)).toMatchObject({
        status: 402,
        body: { error: { code: 'budget_exceeded', wallet_id: id } },
      });
    }
    const { api: other } = await createTenant(platform.admin, '5');
    expectStatus(await other.chat(chat), 200);
  });
});
