import { jest } from '@jest/globals';
import { parseUsd, sleep } from '@ao/kernel';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import type { ApiAnswer, ApiClient } from './testing/api-client.js';
import { chunksOf, contentOf } from './testing/event-stream.js';
import { ModelFile } from './testing/model-file.js';
import { modes } from './testing/platform-home.js';
import { startPlatform, startVariant, type RunningPlatform, type Variant } from './testing/start-platform.js';
import { createTenant, expectStatus, requestRow, requestRows, signUp, spentBy } from './testing/tenants.js';

jest.setTimeout(120_000);

/** Of twenty words the simulator's embeddings of two questions share what their words share. */
const QUESTION = 'please tell me in one short sentence which of the planets that circle our own sun is largest by far';
const PARAPHRASE = QUESTION.replace('please', 'kindly');
const ANOTHER = PARAPHRASE.replace('far', 'now');

describe.each(modes)('the response cache, %s', (mode) => {
  let provider: Simulator;
  let models: ModelFile;
  /** Writes `litellm_settings` into the file that the platform reads. */
  let say: (litellmSettings: object) => Promise<void>;
  let platform: RunningPlatform;
  /** In a cluster a second gateway, which shares Redis with the first. */
  let second: Variant | null = null;

  beforeAll(async () => {
    provider = await startSimulator();
    const price = { baseUrl: `${provider.url}/v1`, inputCost: 0.000001, outputCost: 0.00001 };
    const list = [
      { name: 'chat', model: 'sim-chat', ...price },
      { name: 'brief', model: 'sim-brief', ...price },
      { name: 'claude', model: 'sim-claude', ...price, provider: 'anthropic', baseUrl: provider.url },
      { name: 'embed', model: 'sim-embed', ...price },
    ];
    models = await ModelFile.create(list);
    say = (litellmSettings) => models.write(list, {}, { litellm_settings: litellmSettings });
    platform = await startPlatform(mode, {
      AO_CONFIG: models.path,
      LOG_LEVEL: 'warn',
      LEASE_IDLE_MS: '500',
      SIGN_UP_ENABLED: 'true',
      CACHE_MODE: 'default_on',
      CACHE_TTL_MS_BY_MODEL: 'brief=1000',
      CACHE_EMBEDDING_MODEL: 'embed',
    });
    if (mode === 'cluster') second = await startVariant(platform, {});
  });
  beforeEach(() => {
    withoutCache = 0;
    provider.reset();
    provider.setDefaults('input_tokens=100&output_tokens=10');
  });
  afterAll(async () => {
    await second?.stop();
    await platform?.stop();
    await Promise.all([provider?.stop(), models?.remove()]);
  });

  const ask = (text: string, more: object = {}): object => ({
    model: 'chat',
    max_tokens: 100,
    messages: [{ role: 'user', content: text }],
    ...more,
  });
  /** The gateway beside the first, where there is one. */
  const beside = (api: ApiClient): ApiClient => (second ? second.admin.as(api.key) : api);
  const CHAT = { path: '/v1/chat/completions', times: 1 };
  const conversations = (): number =>
    provider.requests.filter(({ path }) => !path.endsWith('/embeddings')).length - withoutCache;
  /** As all of the cache, what it does while its store takes longer than its 50 ms: the call is made without it. */
  let withoutCache = 0;
  const insist = async (send: () => Promise<ApiAnswer>): Promise<ApiAnswer> => {
    const answer = await send();
    const isAway = answer.status === 503 || (answer.status === 200 && answer.headers.get('x-ao-cache') === 'none');
    if (!isAway) return answer;
    withoutCache += answer.status === 200 ? 1 : 0;
    await sleep(600);
    return insist(send);
  };
  const chat = (api: ApiClient, body: object, headers?: Record<string, string>): Promise<ApiAnswer> =>
    insist(() => api.chat(body, headers));
  const post = (api: ApiClient, path: string, body: object): Promise<ApiAnswer> => insist(() => api.post(path, body));
  const read = (api: ApiClient, path: string): Promise<ApiAnswer> => insist(() => api.get(path));
  const forget = (api: ApiClient, path: string): Promise<ApiAnswer> => insist(() => api.delete(path));
  const state = (answer: ApiAnswer): (string | null)[] =>
    ['x-cache', 'x-cache-confidence', 'x-ao-cache'].map((name) => expectStatus(answer, 200).headers.get(name));
  const HIT = ['HIT', '1', 'hit'];
  const MISS = ['MISS', '0', 'miss'];
  const COST_USD = '0.0002';

  it('[CA-001] asks the provider once for the same question, at any gateway, and the second answer is free', async () => {
    const { api } = await createTenant(platform.admin, '50');
    const first = await chat(api, ask('Once.', { temperature: 0, seed: 7 }));
    // Another order of fields, and who asks, make no other question.
    const again = await chat(beside(api), { seed: 7, user: 'u', temperature: 0, ...ask('Once.') });
    expect([state(first), state(again)]).toEqual([MISS, HIT]);
    expect(again.body).toEqual(first.body);
    expect(conversations()).toBe(1);
    expect(first.headers.get('x-ao-cost-usd')).toBe(COST_USD);
    expect(again.headers.get('x-ao-cost-usd')).toBe('0');
    expect(again.headers.get('x-litellm-response-cost')).toBe('0');
    expect(again.headers.get('x-litellm-cache-key')).toBe(first.headers.get('x-litellm-cache-key'));
    // What changes the answer does.
    const others = [
      { temperature: 1, seed: 7 },
      { temperature: 0, seed: 8 },
      { temperature: 0, seed: 7, top_p: 0.5 },
    ];
    for (const other of others) expect(state(await chat(api, ask('Once.', other)))).toEqual(MISS);
    const row = await requestRow(api, again.headers.get('x-request-id')!);
    expect(row).toMatchObject({
      cache: 'hit',
      cost_usd: '0',
      saved_usd: COST_USD,
      usage_source: 'none',
      cost_basis: 'none',
    });
    const calls = (await requestRows(api, 5)).filter(({ cache }) => cache === 'miss' || cache === 'none');
    const cost = calls.reduce((sum, { cost_usd: usd }) => sum + parseUsd(usd), 0n);
    await waitFor(async () => (await spentBy(api)) === cost, { timeoutMs: 15_000 });
  });

  it('[CA-002] repeats a stream as a whole answer and as a stream, and a whole answer as a stream', async () => {
    const { api } = await createTenant(platform.admin, '50');
    provider.setDefaults('text=Grüße an alle. 👋&input_tokens=5&output_tokens=3');
    const streamed = await api.stream(ask('Stream first.'));
    await streamed.all();
    const whole = await chat(beside(api), ask('Stream first.'));
    expect(state(whole)).toEqual(HIT);
    expect(whole.body).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { role: 'assistant', content: 'Grüße an alle. 👋' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 5, completion_tokens: 3 },
    });
    for (const question of ['Stream first.', 'Whole first.']) {
      expectStatus(await chat(api, ask(question)), 200);
      const again = await api.stream(ask(question, { stream_options: { include_usage: true } }));
      const events = await again.all();
      expect([again.headers.get('x-cache'), again.headers.get('content-type')]).toEqual([
        'HIT',
        'text/event-stream; charset=utf-8',
      ]);
      expect(contentOf(events)).toBe('Grüße an alle. 👋');
      expect(events.at(-1)).toBe('[DONE]');
      expect(chunksOf(events).at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 3 } });
      expect(chunksOf(events).some(({ choices }) => choices[0]?.finish_reason === 'stop')).toBe(true);
    }
    const client = api.openai();
    const chunks = await client.chat.completions.create({
      model: 'chat',
      max_tokens: 100,
      messages: [{ role: 'user', content: 'Whole first.' }],
      stream: true,
    });
    let text = '';
    for await (const chunk of chunks) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe('Grüße an alle. 👋');
    expect(conversations()).toBe(2);
  });

  it('[CA-002] repeats answers of other protocols and embeddings, and nothing that broke off or calls tools', async () => {
    const { api } = await createTenant(platform.admin, '50');
    const message = { model: 'claude', max_tokens: 50, messages: [{ role: 'user', content: 'Hello?' }] };
    expect(state(await post(api, '/v1/messages', message))).toEqual(MISS);
    const events = await post(api, '/v1/messages', { ...message, stream: true });
    expect(state(events)).toEqual(HIT);
    expect(events.text).toMatch(/^event: message_start[\s\S]*text_delta[\s\S]*event: message_stop\ndata: .*\n\n$/);
    const responses = { model: 'chat', input: 'Hello?', max_output_tokens: 100, store: false };
    const [first, again] = [await post(api, '/v1/responses', responses), await post(api, '/v1/responses', responses)];
    expect(state(again)).toEqual(HIT);
    expect(again.body.output[0].content[0].text).toBe(first.body.output[0].content[0].text);
    expect(again.body.id).not.toBe(first.body.id);
    const embed = { model: 'embed', input: ['a', 'b'] };
    const vectors = [await post(api, '/v1/embeddings', embed), await post(api, '/v1/embeddings', embed)];
    expect(vectors.map((answer) => answer.headers.get('x-cache'))).toEqual(['MISS', 'HIT']);
    expect(vectors[1]!.text).toBe(vectors[0]!.text);
    const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } }];
    const calling = ask('Look!', { tools, tool_choice: 'required' });
    for (const _ of [1, 2]) expect(state(await chat(api, calling))).toEqual(MISS);
    for (const _ of [1, 2]) {
      provider.script({ behaviour: 'fault=cut&after_tokens=2&text=one two three four five', ...CHAT });
      const cut = await api.stream(ask('Cut me off.'));
      await cut.all();
      expect(cut.headers.get('x-cache')).toBe('MISS');
    }
    for (const _ of [1, 2]) {
      provider.script({ behaviour: 'fault=400', ...CHAT });
      expectStatus(await chat(api, ask('Fail.')), 400);
    }
    expect(state(await chat(api, ask('Fail.')))).toEqual(MISS);
  });

  it('[CA-003] asks again after the time of the model group, of the call, and for an answer that is too old', async () => {
    const { api } = await createTenant(platform.admin, '50');
    for (const body of [ask('Brief.', { model: 'brief' }), ask('Briefly.', { cache: { ttl: 1 } })]) {
      expect(state(await chat(api, body))).toEqual(MISS);
      expect(state(await chat(api, body))).toEqual(HIT);
      await sleep(1_100);
      expect(state(await chat(api, body))).toEqual(MISS);
    }
    expect(state(await chat(api, ask('Old.')))).toEqual(MISS);
    await sleep(1_100);
    expect(state(await chat(api, ask('Old.')))).toEqual(HIT);
    expect(state(await chat(api, ask('Old.', { cache: { 's-maxage': 1 } })))).toEqual(MISS);
    expect(provider.requests.every(({ body }) => !JSON.stringify(body).includes('cache'))).toBe(true);
    const bad = await chat(api, ask('Old.', { cache: { ttl: 'soon' } }));
    expect(bad).toMatchObject({ status: 400, body: { error: { code: 'invalid_parameter', param: 'cache.ttl' } } });
  });

  it('[CA-008] shares nothing between teams, between keys without a team, or between organisations', async () => {
    const [one, two] = [await createTenant(platform.admin, '50'), await createTenant(platform.admin, '50')];
    const { api: theirs } = await signUp(platform.admin);
    const inTeams = await Promise.all(
      ['red', 'red', 'blue'].map(async (name, index) => {
        const team = index === 1 ? null : expectStatus(await platform.admin.post('/v1/teams', { name }), 201).body;
        return team;
      }),
    );
    const [red, , blue] = inTeams;
    const member = async (team: { id: string }) => (await createTenant(platform.admin, '50', { team_id: team.id })).api;
    const body = ask('Ours alone.');
    const callers: [ApiClient, string[]][] = [
      [one.api, MISS],
      [two.api, MISS],
      [theirs, MISS],
      [await member(red), MISS],
      [await member(red), HIT],
      [await member(blue), MISS],
      [one.api, HIT],
    ];
    for (const [api, expected] of callers) expect(state(await chat(api, body))).toEqual(expected);
    expect(state(await chat(one.api, { ...body, cache: { namespace: 'drafts' } }))).toEqual(MISS);
    expect(state(await chat(one.api, { ...body, cache: { namespace: 'drafts' } }))).toEqual(HIT);
  });

  it('[CA-009] [CA-010] is passed by for callers who say so', async () => {
    const { api } = await createTenant(platform.admin, '50');
    const body = ask('By the way.');
    const BYPASS = ['BYPASS', '0', 'bypass'];
    for (const headers of [{ 'x-cache-bypass': 'true' }, { 'cache-control': 'no-store' }] as Record<string, string>[]) {
      for (const _ of [1, 2]) expect(state(await chat(api, body, headers))).toEqual(BYPASS);
    }
    // Refreshed: not read, but kept for whoever comes next.
    expect(state(await chat(api, body, { 'cache-control': 'no-cache' }))).toEqual(BYPASS);
    expect(state(await chat(api, body))).toEqual(HIT);
    expect(state(await chat(api, { ...body, cache: { 'no-cache': true } }))).toEqual(BYPASS);
    expect(conversations()).toBe(6);
    for (const _ of [1, 2])
      expect(state(await chat(api, { ...ask('Gone.'), cache: { 'no-store': true } }))).toEqual(MISS);
  });

  it('[CA-001] calls the provider once for many who ask the same at once, whole or streamed', async () => {
    const { api } = await createTenant(platform.admin, '50');
    provider.setDefaults('latency_ms=400&input_tokens=100&output_tokens=10');
    const body = ask('All together.');
    const callers = [api, beside(api), api, beside(api), api];
    const answers = await Promise.all(callers.map((caller, index) => chat(caller, { ...body, stream: index === 2 })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(conversations()).toBe(1);
    expect(answers.map((answer) => answer.headers.get('x-cache')).sort()).toEqual(['HIT', 'HIT', 'HIT', 'HIT', 'MISS']);
    expect(answers[2]!.text).toMatch(/data: \[DONE\]\n\n$/);
    // A first one that fails, or leaves, is no one else's failure.
    provider.reset();
    provider.script({ behaviour: 'fault=400&latency_ms=300', ...CHAT });
    const failing = await Promise.all([1, 2, 3].map(() => chat(api, ask('First fails.'))));
    expect(failing.map(({ status }) => status).sort()).toEqual([200, 200, 400]);
    provider.reset();
    provider.setDefaults('latency_ms=400');
    const leaver = new AbortController();
    const left = fetch(`${api.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${api.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(ask('First leaves.')),
      signal: leaver.signal,
    });
    await waitFor(async () => provider.counts.requests > 0);
    await sleep(100);
    const following = chat(api, ask('First leaves.'));
    await sleep(100);
    leaver.abort();
    await expect(left).rejects.toThrow();
    expectStatus(await following, 200);
  });

  it('[CA-011] [CA-012] tells what it saved, and forgets at every gateway when told to', async () => {
    const { api, keyId } = await createTenant(platform.admin, '50');
    for (const _ of [1, 2, 3]) expectStatus(await chat(api, ask('Count me.')), 200);
    const figures = async (): Promise<any> => {
      const { body } = expectStatus(await read(platform.admin, '/v1/cache/stats'), 200);
      return body.data.find(({ namespace }: { namespace: string }) => namespace === keyId);
    };
    // The question's own embedding is kept as well.
    const counted = await figures();
    expect(counted).toMatchObject({ hits: 2, semantic_hits: 0, saved_usd: '0.0004' });
    expect(counted.misses - counted.entries).toBe(0);
    expect(counted.hit_rate).toBeCloseTo(2 / (2 + counted.misses), 3);
    expect(await read(api, '/v1/cache/stats')).toMatchObject({ status: 403 });
    expect(await forget(api, '/v1/cache')).toMatchObject({ status: 403 });
    const { api: theirs } = await signUp(platform.admin);
    expectStatus(await chat(theirs, ask('Count me.')), 200);
    expect(expectStatus(await read(theirs, '/v1/cache/stats'), 200).body.data).toHaveLength(1);
    for (const path of [`/v1/cache/${keyId}`, '/v1/cache']) {
      expect(state(await chat(api, ask('Count me.')))).toEqual(HIT);
      expect(expectStatus(await forget(platform.admin, path), 200).body).toEqual({ flushed: true });
      expect((await figures()).entries).toBe(0);
      expect(state(await chat(beside(api), ask('Count me.')))).toEqual(MISS);
    }
    // Another organisation's entries are not ours to forget.
    expect(state(await chat(theirs, ask('Count me.')))).toEqual(HIT);
    expect(expectStatus(await forget(platform.admin, '/v1/cache/no_one'), 200).body).toEqual({ flushed: true });
    expect(await forget(platform.admin, '/v1/cache/a%20b')).toMatchObject({ status: 400 });
    const audited = await waitFor(async () => {
      const { data } = expectStatus(await platform.admin.get('/v1/audit?action=cache.flush'), 200).body;
      return data.length >= 3 && data;
    });
    expect(audited.map(({ target_id: target }: { target_id: string }) => target)).toContain(keyId);
  });

  it('[CA-005] [CA-006] answers a paraphrase by its meaning, and no question that is farther', async () => {
    const { api } = await createTenant(platform.admin, '50');
    const system = { role: 'system', content: 'Be brief.' };
    const asked = (text: string, more: object = {}): object => ({
      model: 'chat',
      max_tokens: 100,
      messages: [system, { role: 'user', content: text }],
      ...more,
    });
    const first = await chat(api, asked(QUESTION));
    expect(state(first)).toEqual(MISS);
    const near = await waitFor(async () => {
      const answer = await chat(api, asked(PARAPHRASE));
      return answer.headers.get('x-cache') === 'SEMANTIC' ? answer : undefined;
    });
    expect(near.body.choices[0].message).toEqual(first.body.choices[0].message);
    const similarity = Number(near.headers.get('x-cache-confidence'));
    expect(similarity).toBeGreaterThan(0.92);
    expect(similarity).toBeLessThan(1);
    expect(near.headers.get('x-litellm-semantic-similarity')).toBe(String(similarity));
    expect(near.headers.get('x-ao-cost-usd')).toBe('0');
    expect(state(await chat(api, asked(ANOTHER)))).toEqual(MISS);
    const others = [
      { messages: [{ role: 'user', content: PARAPHRASE }] },
      { temperature: 1 },
      { model: 'brief' },
      { tools: [{ type: 'function', function: { name: 'look' } }], tool_choice: 'none' },
    ];
    for (const other of others) expect(state(await chat(api, asked(PARAPHRASE, other)))).toEqual(MISS);
    const { api: stranger } = await createTenant(platform.admin, '50');
    expect(state(await chat(stranger, asked(PARAPHRASE)))).toEqual(MISS);
    const rows = await requestRows(api, 8);
    const embeddings = rows.filter(({ endpoint }) => endpoint === '/v1/embeddings');
    expect(embeddings.length).toBeGreaterThan(0);
    expect(embeddings.some(({ cost_usd: usd }) => parseUsd(usd) > 0n)).toBe(true);
    expect(rows.find(({ cache }) => cache === 'semantic')).toMatchObject({ cost_usd: '0', saved_usd: COST_USD });
  });

  it('[CA-003] is as AO_CONFIG says, while it runs', async () => {
    const { api } = await createTenant(platform.admin, '50');
    const shown = async (): Promise<string | null> => (await api.chat(ask('As you say.'))).headers.get('x-cache');
    expect(await shown()).toBe('MISS');
    await say({ cache: false });
    await waitFor(async () => (await shown()) === null, { timeoutMs: 15_000 });
    await say({ cache: true, cache_params: { supported_call_types: ['aembedding'] } });
    const embedding = async (): Promise<string | null> =>
      (await api.post('/v1/embeddings', { model: 'embed', input: 'As you say.' })).headers.get('x-cache');
    await waitFor(async () => (await embedding()) === 'HIT', { timeoutMs: 15_000 });
    expect(await shown()).toBeNull();
  });
});
