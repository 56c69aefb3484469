import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { jest } from '@jest/globals';
import { parseUsd } from '@ao/kernel';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import { APIError } from 'openai';
import type { ApiClient } from './testing/api-client.js';
import { chunksOf, contentOf } from './testing/event-stream.js';
import { ModelFile, ONE_ATTEMPT } from './testing/model-file.js';
import { modes } from './testing/platform-home.js';
import { startPlatform, startVariant, type RunningPlatform } from './testing/start-platform.js';
import { createTenant, requestRow, spentBy, type Tenant } from './testing/tenants.js';

jest.setTimeout(60_000);

const messages = [{ role: 'user' as const, content: 'canary-prompt: why is the sky blue?' }];
const ANSWER = 'canary-answer: because of the air';
const SERVER_KEY = 'sk-server-key-0123456789';
const CLIENT_KEY = 'sk-client-key-9876543210';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const BODY_BYTES_MAX = 1_048_576;
const HEADERS_TIMEOUT_MS = 1_000;
const fixedClock = { nowMs: () => 1_800_000_000_000, monotonicMs: () => performance.now() };

describe.each(modes)('completions, %s', (mode) => {
  let provider: Simulator;
  let openAi: Simulator;
  let models: ModelFile;
  let platform: RunningPlatform;
  let tenant: Tenant;
  let api: ApiClient;

  beforeAll(async () => {
    [provider, openAi] = await Promise.all([
      startSimulator({ clock: fixedClock }),
      startSimulator({ clock: fixedClock }),
    ]);
    const baseUrl = `${provider.url}/v1`;
    const priced = { baseUrl, inputCost: 0.000002, cachedInputCost: 0.0000005, outputCost: 0.000008 };
    models = await ModelFile.create(
      [
        { name: 'chat', model: 'sim-chat', ...priced },
        { name: 'embedding', model: 'sim-embedding', ...priced },
        { name: 'priceless', model: 'sim-priceless', baseUrl },
        { name: 'impatient', model: 'sim-impatient', ...priced, timeout: 0.2 },
        { name: 'restless', model: 'sim-restless', ...priced, stallTimeout: 0.2 },
        { name: 'nobody-there', model: 'sim-nobody', ...priced, baseUrl: 'http://127.0.0.1:9/v1' },
      ],
      { 'chat-visible': 'chat', 'chat-hidden': { model: 'chat', hidden: true } },
      ONE_ATTEMPT,
    );
    platform = await startPlatform(mode, {
      AO_CONFIG: models.path,
      OPENAI_BASE_URL: `${openAi.url}/v1`,
      OPENAI_API_KEY: SERVER_KEY,
      CORS_ALLOWED_ORIGINS: 'https://app.example',
      MESSAGES_MAX: '100',
      CONTENT_CHARACTERS_MAX: '500000',
      HEADERS_TIMEOUT_MS: String(HEADERS_TIMEOUT_MS),
    });
    tenant = await createTenant(platform.admin, '50');
    api = tenant.api;
  });
  beforeEach(() => {
    provider.reset();
    openAi.reset();
  });
  afterAll(async () => {
    await platform?.stop();
    await Promise.all([provider?.stop(), openAi?.stop(), models?.remove()]);
  });

  it('[GW-002] answers a chat completion with content and usage', async () => {
    provider.script({ behaviour: { text: ANSWER, inputTokens: 12, outputTokens: 7 } });
    const completion = await api.openai().chat.completions.create({ model: 'chat', messages });
    expect(completion).toMatchObject({ object: 'chat.completion', usage: { prompt_tokens: 12, completion_tokens: 7 } });
    expect(completion.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: ANSWER } });
    expect(provider.requests[0]).toMatchObject({
      model: 'sim-chat',
      headers: { authorization: 'Bearer sk-provider-key' },
    });
  });

  describe('streams', () => {
    it('[GW-003] passes the first chunk on before the provider has ended', async () => {
      provider.script('output_tokens=20&token_interval_ms=40');
      const stream = await api.stream({ model: 'chat', messages });
      await stream.next();
      expect(provider.requests[0]?.outcome).toBe('pending');
      await stream.all();
      expect(provider.requests[0]?.outcome).toBe('answered');
      expect(stream.headers.get('content-type')).toContain('text/event-stream');
    });

    it.each([true, false])('[GW-003] writes [DONE] once, and usage only where include_usage is %s', async (asked) => {
      provider.script({ behaviour: { text: ANSWER, inputTokens: 12, outputTokens: 9 } });
      const requestId = randomUUID();
      const options = asked ? { stream_options: { include_usage: true } } : {};
      const stream = await api.stream({ model: 'chat', messages, ...options }, { 'x-request-id': requestId });
      const events = await stream.all();
      expect(events.filter((data) => data === '[DONE]')).toHaveLength(1);
      expect(events.at(-1)).toBe('[DONE]');
      expect(contentOf(events)).toBe(ANSWER);
      const usages = chunksOf(events).filter((chunk) => chunk.usage != null);
      const whole = { choices: [], usage: { prompt_tokens: 12, completion_tokens: 9 } };
      expect(usages).toMatchObject(asked ? [whole] : []);
      // What the caller does not see is billed all the same.
      expect(await requestRow(api, requestId)).toMatchObject({ usage_source: 'provider', cost_usd: '0.000096' });
    });

    it('[GW-003] survives frames that the provider cuts into pieces, and a provider without an end marker', async () => {
      const text = 'Zürich – ☀️ and “quotes”';
      provider.script({ behaviour: { text, splitBytes: 3 } }, { behaviour: { text, endMarker: false } });
      for (let round = 0; round < 2; round += 1) {
        const stream = await api.openai().chat.completions.create({ model: 'chat', messages, stream: true });
        let content = '';
        for await (const chunk of stream) content += chunk.choices[0]?.delta.content ?? '';
        expect(content).toBe(text);
      }
    });

    it.each(['cut', 'malformed', 'stream_error'] as const)(
      '[GW-004] [GW-018] tells a stream that breaks (%s) by one error and [DONE], never as a whole answer',
      async (fault) => {
        provider.script({ behaviour: { fault, afterTokens: 4, outputTokens: 20 }, times: 2 });
        const requestId = randomUUID();
        const events = await (await api.stream({ model: 'chat', messages }, { 'x-request-id': requestId })).all();
        const errors = events.filter((data) => data.startsWith('{"error"'));
        expect(errors).toHaveLength(1);
        expect(JSON.parse(errors.join())).toMatchObject({ error: { code: 'stream_error', type: 'server_error' } });
        expect(events.slice(-2)).toEqual([errors[0], '[DONE]']);
        expect(chunksOf(events).every((chunk) => chunk.choices[0]?.finish_reason == null)).toBe(true);
        expect(await requestRow(api, requestId)).toMatchObject({
          partial: true,
          error_code: expect.stringMatching(/^(stream|upstream)_error$/),
        });

        const stream = await api.openai().chat.completions.create({ model: 'chat', messages, stream: true });
        const read = async (): Promise<void> => {
          for await (const chunk of stream) expect(chunk.choices[0]?.finish_reason).toBeNull();
        };
        await expect(read()).rejects.toThrow(APIError);
      },
    );

    it('[GW-004] answers a failure before the first byte with its HTTP error', async () => {
      provider.script('fault=reset', 'fault=500');
      for (let round = 0; round < 2; round += 1) {
        const answer = await api.chat({ model: 'chat', messages, stream: true });
        expect(answer.status).toBeGreaterThanOrEqual(500);
        expect(answer.headers.get('content-type')).toContain('application/json');
        expect(answer.body.error.type).toBe('server_error');
      }
    });
  });

  it('[GW-005] embeds a text and several texts in their order, and logs the usage', async () => {
    const requestId = randomUUID();
    const one = await api
      .openai()
      .embeddings.create({ model: 'embedding', input: 'alpha beta', encoding_format: 'float' });
    const headers = { 'x-request-id': requestId };
    const body = { model: 'embedding', input: ['gamma delta', 'alpha beta'], encoding_format: 'float' as const };
    const two = await api.openai().embeddings.create(body, { headers });
    expect(two.data.map(({ index }) => index)).toEqual([0, 1]);
    expect(two.data[1]?.embedding).toEqual(one.data[0]?.embedding);
    expect(two.data[0]?.embedding).not.toEqual(one.data[0]?.embedding);
    const row = await requestRow(api, requestId);
    expect(row).toMatchObject({
      endpoint: '/v1/embeddings',
      usage: { input_tokens: two.usage.prompt_tokens, output_tokens: 0 },
    });
  });

  it('[GW-008] lists groups and the visible alias, and serves the hidden one unlisted', async () => {
    const listed: string[] = [];
    for await (const { id } of api.openai().models.list()) listed.push(id);
    expect(listed).toEqual(expect.arrayContaining(['chat', 'embedding', 'chat-visible']));
    expect(listed).not.toContain('chat-hidden');
    for (const model of ['chat-visible', 'chat-hidden']) {
      expect(await api.chat({ model, messages })).toMatchObject({ status: 200, body: { model: 'sim-chat' } });
    }
    const limited = await createTenant(platform.admin, '1', { models: ['chat-visible'] });
    expect((await limited.api.get('/v1/models')).body.data).toMatchObject([{ id: 'chat-visible' }]);
  });

  describe('headers', () => {
    it('[GW-013] keeps a valid request id in answer, upstream call, log line and request log', async () => {
      const requestId = `e2e:${randomUUID()}`;
      const answer = await api.chat({ model: 'chat', messages }, { 'x-request-id': requestId });
      expect(answer.headers.get('x-request-id')).toBe(requestId);
      expect(provider.requests[0]?.headers['x-request-id']).toBe(requestId);
      expect(await requestRow(api, requestId)).toMatchObject({
        id: answer.headers.get('x-ao-request-id'),
        request_id: requestId,
      });
      const line = await waitFor(() => platform.program.logs.find((log) => log['requestId'] === requestId));
      expect(line).toMatchObject({ route: '/v1/chat/completions', status: 200, msg: 'request' });
    });

    it.each(['bad id', 'x'.repeat(129)])('[GW-013] replaces the unfit id %j by a UUID', async (unfit) => {
      const answer = await api.get('/v1/models', { 'x-request-id': unfit });
      expect(answer.headers.get('x-request-id')).toMatch(UUID);
    });

    it('[GW-014] names the backend mode on completions of every status', async () => {
      openAi.script('fault=503');
      const answers = await Promise.all([
        api.chat({ model: 'chat', messages }),
        api.chat({ model: 'chat' }),
        api.as(null).chat({ model: 'chat', messages }),
        api.chat({ model: 'priceless', messages }),
        api.chat({ model: 'gpt-4o-mini', messages }),
        api.post('/v1/embeddings', { model: 'embedding', input: 'a' }),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([200, 400, 401, 402, 503, 200]);
      for (const { headers } of answers) expect(headers.get('x-backend-mode')).toBe('openai-passthrough');
    });

    it('[GW-015] sends no secret of the caller upstream, and names the provider’s headers one way', async () => {
      provider.script(
        'header.x-ratelimit-remaining-requests=7&header.set-cookie=a%3Db&header.openai-organization=org-secret',
      );
      const secrets = {
        cookie: 'session=secret',
        'x-api-key': 'secret',
        'proxy-authorization': 'Basic c2VjcmV0',
        'x-openai-api-key': CLIENT_KEY,
      };
      const answer = await api.chat({ model: 'chat', messages }, secrets);
      const sent = provider.requests[0]?.headers ?? {};
      expect(sent['authorization']).toBe('Bearer sk-provider-key');
      expect(JSON.stringify(sent)).not.toMatch(/secret|sk-client|sk-ao-/);
      const received = Object.fromEntries(answer.headers);
      expect(received).toMatchObject({
        'x-ao-provider': 'openai',
        'x-ao-model': 'sim-chat',
        'x-ao-upstream-ratelimit-remaining-requests': '7',
      });
      expect(received['x-ao-provider-request-id']).toMatch(/^req_/);
      expect(received).not.toHaveProperty('set-cookie');
      expect(received).not.toHaveProperty('openai-organization');
    });

    it('[GW-016] puts the security headers on answers of every kind', async () => {
      openAi.script('fault=500');
      const stream = await api.stream({ model: 'chat', messages });
      const answers = [
        await api.chat({ model: 'chat', messages }),
        await api.get('/v1/models'),
        await api.get('/nothing/here'),
        await api.chat({ model: 'gpt-4o-mini', messages }),
        await api.get('/live'),
      ];
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 500, 200]);
      for (const { headers } of [...answers, stream]) {
        expect(Object.fromEntries(headers)).toMatchObject({
          'x-content-type-options': 'nosniff',
          'cache-control': headers === stream.headers ? 'no-cache' : 'no-store',
          'x-frame-options': 'DENY',
          'content-security-policy': "default-src 'none'",
          'referrer-policy': 'no-referrer',
        });
      }
      await stream.all();
    });

    it('[GW-017] lets browsers of a listed origin call, and no other', async () => {
      const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };
      const allowed = await api
        .as(null)
        .call('OPTIONS', '/v1/chat/completions', undefined, { origin: 'https://app.example', ...preflight });
      expect(allowed.status).toBe(204);
      expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example');
      expect(allowed.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('authorization');
      const refused = await api
        .as(null)
        .call('OPTIONS', '/v1/chat/completions', undefined, { origin: 'https://evil.example', ...preflight });
      expect(refused.status).toBe(403);
      expect(refused.headers.has('access-control-allow-origin')).toBe(false);

      const stream = await api.stream({ model: 'chat', messages }, { origin: 'https://app.example' });
      await stream.all();
      expect(stream.headers.get('access-control-allow-origin')).toBe('https://app.example');
      expect(stream.headers.get('access-control-expose-headers')).toContain('X-Request-ID');
      const other = await api.chat({ model: 'chat', messages }, { origin: 'https://evil.example' });
      expect(other.headers.has('access-control-allow-origin')).toBe(false);
    });
  });

  describe('refusals', () => {
    const refusals: [
      code: string,
      status: number,
      type: string,
      call: () => Promise<{ status: number; body: any; text: string }>,
    ][] = [
      ['missing_required_parameter', 400, 'invalid_request_error', () => api.chat({ messages })],
      ['invalid_parameter', 400, 'invalid_request_error', () => api.chat({ model: 7, messages })],
      ['invalid_json', 400, 'invalid_request_error', () => api.chat('{"model":' as never)],
      [
        'invalid_header_value',
        400,
        'invalid_request_error',
        () => api.chat({ model: 'chat', messages }, { 'x-dry-run': 'maybe' }),
      ],
      ['missing_api_key', 401, 'authentication_error', () => api.as(null).chat({ model: 'chat', messages })],
      ['invalid_api_key', 401, 'authentication_error', () => api.as('sk-ao-wrong').chat({ model: 'chat', messages })],
      ['price_missing', 402, 'insufficient_quota', () => api.chat({ model: 'priceless', messages })],
      [
        'wallet_exhausted',
        402,
        'insufficient_quota',
        () => api.chat({ model: 'chat', messages, max_tokens: 900_000_000 }),
      ],
      ['permission_denied', 403, 'permission_error', () => api.post('/v1/wallets', { name: 'mine' })],
      ['not_found', 404, 'invalid_request_error', () => api.get('/v1/requests/req_unknown')],
      ['payload_too_large', 413, 'invalid_request_error', () => api.chat(' '.repeat(BODY_BYTES_MAX + 1) as never)],
      [
        'unsupported_media_type',
        415,
        'invalid_request_error',
        () => api.chat({ model: 'chat', messages }, { 'content-type': 'text/plain' }),
      ],
      ['upstream_error', 502, 'server_error', () => api.chat({ model: 'nobody-there', messages })],
    ];

    it.each(refusals)('[GW-018] %s is %i %s', async (code, status, type, call) => {
      const answer = await call();
      expect(answer).toMatchObject({ status, body: { error: { code, type, message: expect.any(String) } } });
      expect(Object.keys(answer.body.error)).toEqual(expect.arrayContaining(['message', 'type', 'param', 'code']));
      expect(answer.text).not.toMatch(
        /\.[jt]s:\d|node_modules|\bat \w+ \(|sk-(?:ao|server|provider)-\w{6}|127\.0\.0\.1/,
      );
      expect(provider.counts.requests).toBe(0);
    });

    it('[GW-018] keeps the status of a provider’s 4xx in our schema, with its hint when to come back', async () => {
      provider.script('fault=429&retry_after_s=3', 'fault=context_length_exceeded');
      const limited = await api.chat({ model: 'chat', messages });
      expect(limited).toMatchObject({ status: 429, body: { error: { type: 'rate_limit_error' } } });
      expect(limited.headers.get('retry-after')).toBe('3');
      expect(await api.chat({ model: 'chat', messages })).toMatchObject({
        status: 400,
        body: { error: { type: 'invalid_request_error' } },
      });
    });

    it('[GW-019] passes at each limit and refuses one above it', async () => {
      const content = (length: number): object[] => [{ role: 'user', content: 'x'.repeat(length) }];
      const many = (count: number): object[] => Array.from({ length: count }, () => messages[0] as object);
      const padded = (bytes: number): string => {
        const body = JSON.stringify({ model: 'chat', messages });
        return body + ' '.repeat(bytes - body.length);
      };
      const statusOf = async (body: object | string, headers?: Record<string, string>): Promise<number> =>
        (await api.chat(body as object, headers)).status;

      expect(await statusOf(padded(BODY_BYTES_MAX))).toBe(200);
      expect(await statusOf(padded(BODY_BYTES_MAX + 1))).toBe(413);
      expect(await statusOf({ model: 'chat', messages: many(100) })).toBe(200);
      expect(await statusOf({ model: 'chat', messages: many(101) })).toBe(400);
      expect(await statusOf({ model: 'chat', messages: content(500_000) })).toBe(200);
      expect(await statusOf({ model: 'chat', messages: content(500_001) })).toBe(400);
      // An unknown model of a valid length gets as far as its price.
      expect(await statusOf({ model: 'm'.repeat(256), messages })).toBe(402);
      expect(await statusOf({ model: 'm'.repeat(257), messages })).toBe(400);
      expect(await statusOf({ model: 'chat', messages }, { 'x-openai-api-key': 'k'.repeat(256) })).toBe(200);
      expect(await statusOf({ model: 'chat', messages }, { 'x-openai-api-key': 'k'.repeat(257) })).toBe(400);
      expect(await statusOf({ model: 'chat', messages }, { 'content-type': 'application/json; charset=utf-8' })).toBe(
        200,
      );
      expect(await statusOf({ model: 'chat', messages }, { 'content-type': 'application/x-www-form-urlencoded' })).toBe(
        415,
      );
    });

    it.each([
      ['model', { messages }],
      ['messages', { model: 'chat' }],
      ['messages', { model: 'chat', messages: [] }],
      ['messages.0.content', { model: 'chat', messages: [{ role: 'user', content: '' }] }],
    ])('[GW-020] names the missing field %s', async (param, body) => {
      const { status, body: answer } = await api.chat(body);
      expect({ status, code: answer.error.code }).toEqual({ status: 400, code: 'missing_required_parameter' });
      expect(answer.error.param.replace(/\[(\d+)\]/g, '.$1')).toBe(param);
    });
  });

  describe('timeouts', () => {
    it('[GW-021] answers 504 soon after the provider’s time is up, and lets go of the provider', async () => {
      provider.script({ behaviour: 'latency_ms=5000', model: 'sim-impatient' });
      const startedMs = performance.now();
      const answer = await api.chat({ model: 'impatient', messages });
      expect(performance.now() - startedMs).toBeLessThan(3_000);
      expect(answer).toMatchObject({ status: 504, body: { error: { code: 'timeout', type: 'server_error' } } });
      await waitFor(() => provider.counts.aborted === 1);
    });

    it('[GW-021] ends a stream that falls silent', async () => {
      provider.script({ behaviour: { fault: 'stall', afterTokens: 2 }, model: 'sim-restless' });
      const events = await (await api.stream({ model: 'restless', messages })).all();
      expect(JSON.parse(events.at(-2) ?? '')).toMatchObject({ error: { code: 'stream_error' } });
      expect(events.at(-1)).toBe('[DONE]');
      expect(provider.requests[0]?.outcome).not.toBe('answered');
    });

    it('[GW-022] hangs up on a client that does not finish its headers in the set time', async () => {
      const { hostname, port } = new URL(platform.url);
      const socket = connect(Number(port), hostname);
      const startedMs = performance.now();
      const closed = new Promise<number>((resolve) => {
        socket.resume().once('close', () => resolve(performance.now() - startedMs));
      });
      socket.write('GET /live HTTP/1.1\r\nHost: a\r\n');
      const tookMs = await closed;
      expect(tookMs).toBeGreaterThan(HEADERS_TIMEOUT_MS * 0.9);
      expect(tookMs).toBeLessThan(HEADERS_TIMEOUT_MS * 10);
    });
  });

  it('[GW-025] [MT-005] a dry run calls nobody, costs nothing and names what the real call reserves', async () => {
    const payer = await createTenant(platform.admin, '1');
    const body = { model: 'chat', messages, max_tokens: 50 };
    const dry = await payer.api.chat(body, { 'x-dry-run': 'true' });
    expect(dry).toMatchObject({
      status: 200,
      body: { object: 'dry_run', route: { provider: 'openai', model: 'sim-chat', direct: false } },
    });
    expect(dry.body.estimate).toMatchObject({ prompt_tokens: expect.any(Number), max_output_tokens: 50 });
    expect(dry.body).toMatchObject({ policy: { verdict: 'allowed' }, cache: { verdict: 'none' } });
    expect(provider.counts.requests).toBe(0);
    expect(await spentBy(payer.api)).toBe(0n);

    const requestId = randomUUID();
    await payer.api.chat(body, { 'x-request-id': requestId });
    const row = await requestRow(payer.api, requestId);
    expect(row['charges']).toEqual([{ wallet_id: payer.walletId, reserved_usd: dry.body.estimate.cost_usd_max }]);
    expect(parseUsd(row['cost_usd'])).toBeLessThanOrEqual(parseUsd(dry.body.estimate.cost_usd_max));
  });

  describe('direct OpenAI', () => {
    it.each([false, true])('[GW-027] forwards request and answer unchanged, stream: %s', async (stream) => {
      const body = `{ "stream":${stream},"model":"gpt-4o-mini",  "messages":[{"role":"user","content":"héllo"}],"seed":1,"unknown_field":{"a":[1,2]}}`;
      const answer = await api.chat(body as never);
      const [sent] = openAi.requests;
      expect(sent?.headers['content-length']).toBe(String(Buffer.byteLength(body)));
      expect(JSON.stringify(sent?.body)).toBe(JSON.stringify(JSON.parse(body)));
      openAi.reset();
      const direct = await fetch(`${openAi.url}/v1/chat/completions`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      });
      expect(answer.text).toBe(await direct.text());
      expect(answer.headers.get('content-type')).toBe(direct.headers.get('content-type'));
      expect(provider.counts.requests).toBe(0);
    });

    it.each(['429', '400', '500', 'insufficient_quota', 'html_502'])(
      '[GW-028] keeps status and bytes of the error %s',
      async (fault) => {
        openAi.setDefaults(`fault=${fault}`);
        const body = { model: 'gpt-4o-mini', messages };
        const answer = await api.chat(body);
        openAi.reset();
        openAi.setDefaults(`fault=${fault}`);
        const direct = await fetch(`${openAi.url}/v1/chat/completions`, {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        });
        expect([answer.status, answer.text]).toEqual([direct.status, await direct.text()]);
      },
    );

    it('[GW-029] pays with the caller’s own key where one is sent, and charges the wallet nothing', async () => {
      const payer = await createTenant(platform.admin, '1');
      const requestId = randomUUID();
      await payer.api.chat({ model: 'gpt-4o-mini', messages });
      await payer.api.chat(
        { model: 'gpt-4o-mini', messages },
        { 'x-openai-api-key': CLIENT_KEY, 'x-request-id': requestId },
      );
      expect(openAi.requests.map(({ headers }) => headers['authorization'])).toEqual([
        `Bearer ${SERVER_KEY}`,
        `Bearer ${CLIENT_KEY}`,
      ]);
      expect(await requestRow(payer.api, requestId)).toMatchObject({
        own_key: true,
        cost_usd: '0',
        usage_source: 'provider',
      });
    });

    it('[GW-029] [GW-030] ignores the caller’s key under ALLOW_CLIENT_OPENAI_KEY=false, and guides where no key is left', async () => {
      const [closed, keyless] = await Promise.all([
        startVariant(platform, { ALLOW_CLIENT_OPENAI_KEY: 'false' }),
        startVariant(platform, { OPENAI_API_KEY: '' }),
      ]);
      try {
        await closed.admin.chat({ model: 'gpt-4o-mini', messages }, { 'x-openai-api-key': CLIENT_KEY });
        expect(openAi.requests.map(({ headers }) => headers['authorization'])).toEqual([`Bearer ${SERVER_KEY}`]);

        const unset = await keyless.admin.chat({ model: 'gpt-4o-mini', messages });
        expect(unset).toMatchObject({ status: 503, body: { error: { code: 'passthrough_not_configured' } } });
        expect(unset.body.error.message).toContain('OPENAI_API_KEY');
        const own = await keyless.admin.chat({ model: 'gpt-4o-mini', messages }, { 'x-openai-api-key': CLIENT_KEY });
        expect(own.status).toBe(200);
      } finally {
        await Promise.all([closed.stop(), keyless.stop()]);
      }
    });

    it('[GW-030] is closed by OPENAI_PASSTHROUGH_ENABLED=false, while deployments keep working', async () => {
      const variant = await startVariant(platform, { OPENAI_PASSTHROUGH_ENABLED: 'false' });
      try {
        const refused = await variant.admin.chat(
          { model: 'gpt-4o-mini', messages },
          { 'x-openai-api-key': CLIENT_KEY },
        );
        expect(refused).toMatchObject({ status: 503, body: { error: { code: 'passthrough_disabled' } } });
        expect(refused.body.error.message).toContain('OPENAI_PASSTHROUGH_ENABLED');
        expect((await variant.admin.chat({ model: 'chat', messages })).status).toBe(200);
        expect(openAi.counts.requests).toBe(0);
      } finally {
        await variant.stop();
      }
    });

    it('[GW-031] takes its address from the configuration alone', async () => {
      const elsewhere = await startSimulator();
      try {
        const url = `${elsewhere.url}/v1`;
        const headers = {
          'openai-base-url': url,
          'x-openai-base-url': url,
          'x-forwarded-host': elsewhere.url,
          'x-api-base': url,
        };
        const body = { model: 'gpt-4o-mini', messages, base_url: url, api_base: url, OPENAI_BASE_URL: url };
        const answer = await api.post(
          `/v1/chat/completions?base_url=${encodeURIComponent(url)}&api_base=${encodeURIComponent(url)}`,
          body,
          headers,
        );
        expect(answer.status).toBe(200);
        expect([openAi.counts.requests, elsewhere.counts.requests]).toEqual([1, 0]);
      } finally {
        await elsewhere.stop();
      }
    });
  });

  it('[GW-031] [OB-001] [OB-002] logs a line per request and never a key, a prompt or an answer', async () => {
    provider.script({ behaviour: { text: ANSWER } });
    openAi.script('fault=401', 'fault=500');
    const requestId = randomUUID();
    await api.chat({ model: 'chat', messages }, { 'x-request-id': requestId, 'x-openai-api-key': CLIENT_KEY });
    await api.chat({ model: 'gpt-4o-mini', messages }, { 'x-openai-api-key': CLIENT_KEY });
    await api.chat({ model: 'gpt-4o-mini', messages });
    await api.as(`${CLIENT_KEY}-as-bearer`).chat({ model: 'chat', messages });
    await api.chat('{"canary-prompt": broken' as never, { 'x-request-id': `${requestId}-last` });
    await waitFor(() => platform.program.logs.some((line) => line['requestId'] === `${requestId}-last`));
    const lines = platform.program.logs.filter((line) => line['requestId'] === requestId && line['msg'] === 'request');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 'info',
      service: 'gateway',
      method: 'POST',
      route: '/v1/chat/completions',
      status: 200,
      durationMs: expect.any(Number),
      keyMasked: `sk-ao-****${api.key!.slice(-4)}`,
    });
    const said = platform.program.stdout + platform.program.stderr;
    for (const secret of [
      SERVER_KEY,
      CLIENT_KEY,
      'sk-provider-key',
      api.key!,
      platform.admin.key!,
      'canary-prompt',
      'canary-answer',
    ]) {
      expect(said.includes(secret)).toBe(false);
    }
  });
});
