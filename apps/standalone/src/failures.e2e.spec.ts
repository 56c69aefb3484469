import { jest } from '@jest/globals';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { sleep } from '@ao/kernel';
import { waitFor } from '@ao/testing';
import type { ApiAnswer, ApiClient } from './testing/api-client.js';
import { assertLedger, readRequestLog } from './testing/books.js';
import { chunksOf, contentOf } from './testing/event-stream.js';
import { ModelFile, type FileModel } from './testing/model-file.js';
import { modes } from './testing/platform-home.js';
import { protocolClients } from './testing/protocol-clients.js';
import { startPlatform, startReplica, type RunningPlatform, type Variant } from './testing/start-platform.js';
import { createTenant, expectStatus, spentBy, sumUsd, type Tenant } from './testing/tenants.js';

jest.setTimeout(90_000);

const PROMPT = 'Why is it so?';
const messages = [{ role: 'user' as const, content: PROMPT }];
const COSTS = { inputCost: 0.000001, outputCost: 0.000002 };
const SHORT_S = 0.4;
const COOLDOWN_S = 4;
/** Sixty tokens, as the simulator counts them. */
const TEXT = Array.from({ length: 60 }, (_, index) => `w${String(index).padStart(2, '0')} `).join('');

/** One row of the first table of docs/failures.md. */
interface Row {
  fault: string;
  unreachable?: boolean;
  stream?: boolean;
  attempts: number;
  status: number;
  code: string;
  lost: 'nothing' | 'prompt';
  elsewhere: boolean;
}

const passing = { attempts: 3, elsewhere: true };
const local = { attempts: 1, elsewhere: true };
const hopeless = { attempts: 1, elsewhere: false };
const failed = { status: 502, code: 'upstream_error' };
const late = { status: 504, code: 'timeout' };
const stream = true;

const ROWS: Row[] = [
  { fault: '', unreachable: true, ...passing, ...failed, lost: 'nothing' },
  { fault: 'fault=reset', ...passing, ...failed, lost: 'prompt' },
  { fault: 'fault=silence', ...passing, ...late, lost: 'prompt' },
  { fault: 'first_token_ms=3000', stream, ...passing, ...late, lost: 'prompt' },
  { fault: 'fault=500', ...passing, ...failed, lost: 'nothing' },
  { fault: 'fault=529', ...passing, ...failed, lost: 'nothing' },
  { fault: 'fault=html_502', ...passing, ...failed, lost: 'nothing' },
  { fault: 'fault=408', ...passing, status: 408, code: 'request_timeout', lost: 'nothing' },
  { fault: 'fault=429', ...passing, status: 429, code: 'rate_limit_exceeded', lost: 'nothing' },
  { fault: 'fault=insufficient_quota', ...local, status: 429, code: 'insufficient_quota', lost: 'nothing' },
  { fault: 'fault=401', ...local, status: 401, code: 'backend_auth_failed', lost: 'nothing' },
  { fault: 'fault=404', ...local, status: 404, code: 'model_not_found', lost: 'nothing' },
  {
    fault: 'fault=context_length_exceeded',
    ...hopeless,
    status: 400,
    code: 'context_length_exceeded',
    lost: 'nothing',
  },
  { fault: 'fault=content_policy', ...hopeless, status: 400, code: 'content_policy_violation', lost: 'nothing' },
  { fault: 'fault=400', ...hopeless, status: 400, code: 'invalid_parameter', lost: 'nothing' },
  { fault: 'fault=413', ...hopeless, status: 413, code: 'invalid_parameter', lost: 'nothing' },
  { fault: 'fault=malformed', ...passing, ...failed, lost: 'prompt' },
  { fault: 'fault=malformed&after_tokens=0', stream, ...passing, status: 504, code: 'stream_error', lost: 'prompt' },
  { fault: 'fault=cut&after_tokens=0', stream, ...passing, ...failed, lost: 'prompt' },
  { fault: 'fault=stall&after_tokens=0', stream, ...passing, ...late, lost: 'prompt' },
  {
    fault: 'fault=stream_error&after_tokens=0',
    stream,
    ...passing,
    status: 504,
    code: 'stream_error',
    lost: 'nothing',
  },
];
const numbered = ROWS.map((row, index): [string, number, Row] => [
  `${row.unreachable ? 'unreachable' : row.fault}${row.stream ? ', streamed' : ''}`,
  index,
  row,
]);

const CLIENTS = protocolClients('http://unused', 'unused').map(({ name }) => name);
const SETTINGS = {
  cooldown_time: COOLDOWN_S,
  fallbacks: [{ asking: ['healthy'] }, { poor: ['dear'] }, { first: ['second', 'healthy'] }],
  content_policy_fallbacks: [{ shocked: ['healthy'] }],
  groups: { recovering: { recover_streams: true } },
};

describe.each(modes)('failures, %s', (mode) => {
  let provider: Simulator;
  let models: ModelFile;
  let platform: RunningPlatform;
  let replica: Variant | undefined;
  let tenant: Tenant;
  let api: ApiClient;

  /** Every case has deployments of its own, so that no circuit is opened for another. */
  function fileModels(): FileModel[] {
    const at = { baseUrl: `${provider.url}/v1`, ...COSTS };
    const healthy = (name: string): FileModel => ({ name, model: 'sim-healthy', order: 2, ...at });
    const failing = (name: string, fault: string, more: Partial<FileModel> = {}): FileModel => ({
      name,
      model: fault === '' ? `sim-${name}` : `sim-${name}#${fault}`,
      order: 1,
      ...at,
      ...more,
    });
    const rows = numbered.flatMap(([, index, { fault, unreachable }]) => {
      const more = {
        timeout: SHORT_S,
        streamTimeout: SHORT_S,
        ...(unreachable && { baseUrl: 'http://127.0.0.1:1/v1' }),
      };
      const beside = failing(`beside-${index}`, fault, more);
      return [failing(`alone-${index}`, fault, more), beside, healthy(beside.name)];
    });
    const doors = CLIENTS.flatMap((_, index) => [
      failing(`door-${index}`, 'fault=500'),
      healthy(`door-${index}`),
      failing(`refused-${index}`, 'fault=429&retry_after_s=60'),
      failing(`cut-${index}`, 'fault=cut&after_tokens=3'),
    ]);
    return [
      ...rows,
      ...doors,
      healthy('healthy'),
      failing('closed', 'fault=500'),
      { ...failing('closed', 'fault=500'), model: 'sim-closed-2#fault=503', order: 2 },
      failing('asking', 'fault=500'),
      failing('first', 'fault=500'),
      failing('second', 'fault=503'),
      failing('shocked', 'fault=content_policy'),
      failing('poor', 'fault=reset'),
      { ...healthy('dear'), model: 'sim-dear', outputCost: 1 },
      failing('patient', ''),
      failing('changing', 'fault=500'),
      failing('shared', ''),
      healthy('shared'),
      { ...failing('recovering', ''), provider: 'hosted_vllm', model: 'sim-a' },
      { ...healthy('recovering'), provider: 'hosted_vllm', model: 'sim-b' },
    ];
  }

  beforeAll(async () => {
    provider = await startSimulator();
    models = await ModelFile.create(fileModels(), {}, SETTINGS);
    platform = await startPlatform(mode, { AO_CONFIG: models.path });
    if (mode === 'cluster') {
      replica = await startReplica(platform, 'gateway');
      await waitFor(async () => (await fetch(`${replica!.url}/ready`)).ok, { timeoutMs: 20_000 });
    }
    tenant = await createTenant(platform.admin, '50');
    api = tenant.api;
  });
  afterAll(async () => {
    await replica?.stop();
    await platform?.stop();
    await Promise.all([provider?.stop(), models?.remove()]);
  });

  const asked = (model: string): number => provider.requests.filter((request) => request.model === model).length;
  const call = async (body: object, isStream = false, by = api): Promise<ApiAnswer & { events: string[] }> => {
    const whole = { messages, max_tokens: 100, ...body };
    if (!isStream) return { ...(await by.chat(whole)), events: [] };
    const { status, headers, text, body: told } = await by.chat({ ...whole, stream: true });
    const events = text.split('\n\n').flatMap((frame) => (frame.startsWith('data: ') ? [frame.slice(6)] : []));
    return { status, headers, text, body: told, events };
  };
  /** As `GET /v1/requests/{id}` tells it, a moment after the answer. */
  const logged = (headers: Headers, by = api): Promise<Record<string, any>> =>
    waitFor(
      async () => {
        const answer = await by.get(`/v1/requests/${headers.get('x-ao-request-id')}`);
        return answer.status === 200 && answer.body;
      },
      { timeoutMs: 20_000, description: 'the call in the log' },
    );
  const attemptsOf = (row: Record<string, any>): Record<string, any>[] => row['attempts'] ?? [row];
  const expectLost = (attempt: Record<string, any>, lost: Row['lost']): void => {
    expect(attempt['usage_source']).toBe(lost === 'nothing' ? 'none' : 'estimated');
    if (lost === 'nothing') expect(attempt['cost_usd']).toBe('0');
    else expect(sumUsd([attempt['cost_usd']])).toBeGreaterThan(0n);
  };

  it.each(numbered)('[RT-014] %s, alone: tried as often as it makes sense, then told', async (_, index, row) => {
    const answer = await call({ model: `alone-${index}` }, row.stream);
    expect([answer.status, answer.body?.error?.code]).toEqual([row.status, row.code]);
    if (!row.unreachable) expect(asked(`sim-alone-${index}`)).toBe(row.attempts);
    const detail = await logged(answer.headers);
    expect(detail).toMatchObject({ status: row.status, error_code: row.code });
    expect(attemptsOf(detail)).toHaveLength(row.attempts);
    for (const attempt of attemptsOf(detail)) expectLost(attempt, row.lost);
    expect(sumUsd([detail['cost_usd']])).toBe(sumUsd(attemptsOf(detail).map(({ cost_usd: cost }) => cost)));
  });

  it.each(numbered)('[RT-004] [RT-007] %s, beside a healthy one: served there, and told why', async (_, index, row) => {
    const answer = await call({ model: `beside-${index}` }, row.stream);
    if (!row.unreachable) expect(asked(`sim-beside-${index}`)).toBe(1);
    if (!row.elsewhere) return expect([answer.status, answer.body.error.code]).toEqual([row.status, row.code]);
    expectStatus(answer, 200);
    expect(answer.headers.get('x-ao-model')).toBe('sim-healthy');
    expect(answer.headers.get('x-litellm-attempted-retries')).toBe('1');
    if (row.stream) expect(chunksOf(answer.events).some((chunk) => chunk.choices[0]?.finish_reason)).toBe(true);
    const detail = await logged(answer.headers);
    const [lost, served] = attemptsOf(detail);
    expectLost(lost!, row.lost);
    expect(served).toMatchObject({ model: 'sim-healthy', status: 200, error_code: null, usage_source: 'provider' });
    if (!row.stream) expect(answer.headers.get('x-ao-cost-usd')).toBe(detail['cost_usd']);
    expect(sumUsd([detail['cost_usd']])).toBe(sumUsd([lost!['cost_usd'], served!['cost_usd']]));
    const ids = [lost!['deployment_id'], served!['deployment_id']];
    expect(detail['decision']).toMatchObject({
      strategy: 'simple-shuffle',
      picked: ids[0],
      steps: [{ model_group: `beside-${index}`, deployment_id: ids[1], reason: 'failover' }],
    });
    expect(detail['decision'].candidates.map((one: Record<string, any>) => one['deployment_id']).sort()).toEqual(
      ids.toSorted(),
    );
  });

  it.each(CLIENTS.map((name, index): [string, number] => [name, index]))(
    '[RT-004] [GW-004] %s: whole answers past a failing deployment, errors and cut streams never taken for answers',
    async (_, index) => {
      const client = protocolClients(platform.url, api.key!)[index]!;
      for (const say of [client.say, client.stream]) {
        expect((await say(`door-${index}`, PROMPT)).text).not.toBe('');
      }
      expect(asked(`sim-door-${index}`)).toBe(2);
      await expect(client.say(`refused-${index}`, PROMPT)).rejects.toThrow();
      await expect(client.stream(`cut-${index}`, PROMPT)).rejects.toThrow();
      expect([asked(`sim-refused-${index}`), asked(`sim-cut-${index}`)]).toEqual([1, 1]);
    },
  );

  it('[RT-010] each door tells a failure in its own shape', async () => {
    const contents = [{ role: 'user', parts: [{ text: PROMPT }] }];
    const anthropic = await api.post('/v1/messages', { model: 'alone-14', max_tokens: 10, messages });
    expect(anthropic).toMatchObject({ status: 400, body: { type: 'error', error: { type: 'invalid_request_error' } } });
    const gemini = await api.post('/v1beta/models/alone-14:generateContent', { contents });
    expect(gemini).toMatchObject({ status: 400, body: { error: { code: 400, status: 'INVALID_ARGUMENT' } } });
    const ollama = await api.post('/api/chat', { model: 'alone-14', messages, stream: false });
    expect(ollama).toMatchObject({ status: 400, body: { error: expect.any(String) } });
  });

  it('[GW-004] a stream cut after its first words ends in an error, and is billed for what was sent', async () => {
    const answer = await call({ model: 'cut-0' }, true);
    expect(answer.status).toBe(200);
    expect(contentOf(answer.events)).not.toBe('');
    expect(chunksOf(answer.events).every((chunk) => chunk.choices[0]?.finish_reason == null)).toBe(true);
    expect(answer.events.slice(-2).map((data) => (data === '[DONE]' ? data : JSON.parse(data).error?.code))).toEqual([
      'stream_error',
      '[DONE]',
    ]);
    const detail = await logged(answer.headers);
    expect(detail).toMatchObject({ partial: true, usage_source: 'estimated', error_code: 'upstream_error' });
    expect(detail['usage'].output_tokens).toBeGreaterThan(0);
  });

  it('[BX-006] an official client has all of an answer that broke off at its provider, and pays both parts', async () => {
    const text = `text=${encodeURIComponent(TEXT)}`;
    provider.script({ model: 'sim-a', behaviour: `${text}&fault=cut&after_tokens=40` });
    provider.script({ model: 'sim-b', behaviour: text });
    const payer = await createTenant(platform.admin, '5');
    const { data, response } = await payer.api
      .openai()
      .chat.completions.create({ model: 'recovering', messages, max_tokens: 200, stream: true })
      .withResponse();
    let told = '';
    const ends: string[] = [];
    for await (const { choices } of data) {
      told += choices[0]?.delta.content ?? '';
      if (choices[0]?.finish_reason) ends.push(choices[0].finish_reason);
    }
    expect([told, ends]).toEqual([TEXT, ['stop']]);
    const detail = await logged(response.headers, payer.api);
    const [lost, rest] = attemptsOf(detail);
    expect(lost).toMatchObject({ model: 'sim-a', error_code: 'upstream_error', usage_source: 'estimated' });
    expect(rest).toMatchObject({ model: 'sim-b', error_code: null, usage_source: 'provider' });
    expect(detail['decision'].steps).toMatchObject([{ reason: 'recovery' }]);
    const cost = sumUsd([lost!['cost_usd'], rest!['cost_usd']]);
    expect(sumUsd([detail['cost_usd']])).toBe(cost);
    await waitFor(async () => (await spentBy(payer.api)) === cost, { timeoutMs: 10_000 });
  });

  it('[RT-010] [RT-011] falls back where a group fails, and for what a content policy refuses', async () => {
    const general = expectStatus(await call({ model: 'asking', num_retries: 0 }), 200);
    expect(general.headers.get('x-litellm-attempted-fallbacks')).toBe('1');
    expect(general.headers.get('x-litellm-model-group')).toBe('healthy');
    const chain = expectStatus(await call({ model: 'first', num_retries: 0 }), 200);
    expect((await logged(chain.headers))['decision'].steps).toMatchObject([
      { model_group: 'second', reason: 'fallback' },
      { model_group: 'healthy', reason: 'fallback' },
    ]);
    const shocked = expectStatus(await call({ model: 'shocked' }), 200);
    expect((await logged(shocked.headers))['decision'].steps).toMatchObject([{ reason: 'content_policy' }]);
    expect(asked('sim-shocked')).toBe(1);
  });

  it('[RT-014] waits as long as Retry-After says, but not for longer than a call has', async () => {
    provider.script({ model: 'sim-patient', behaviour: 'fault=429&retry_after_s=1' });
    const startedMs = performance.now();
    expectStatus(await call({ model: 'patient' }), 200);
    expect(performance.now() - startedMs).toBeGreaterThan(950);
    provider.script({ model: 'sim-patient', behaviour: 'fault=429&retry_after_s=60' });
    const refused = expectStatus(await call({ model: 'patient' }), 429);
    expect(refused.headers.get('retry-after')).toBe('60');
    expect(asked('sim-patient')).toBe(3);
  });

  it('[MT-009] a wallet that can pay for one attempt only pays that, and hears what came of it', async () => {
    const poor = await createTenant(platform.admin, '0.5');
    const answer = expectStatus(await call({ model: 'poor', num_retries: 0 }, false, poor.api), 502);
    expect(answer.body.error.code).toBe('upstream_error');
    expect([asked('sim-poor'), asked('sim-dear')]).toEqual([1, 0]);
    const [row] = await waitFor(async () => {
      const rows = await readRequestLog(poor.api);
      return rows.length === 1 ? rows : undefined;
    });
    expectLost(row!, 'prompt');
    await waitFor(async () => (await spentBy(poor.api)) === sumUsd([row!['cost_usd']]));
    await waitFor(async () => (await poor.api.get('/v1/wallet/balance')).body.held_usd === '0', { timeoutMs: 60_000 });
  });

  it('[RT-010] leaves a group alone whose circuit is open: told when to come back, and nobody asked', async () => {
    const askedBoth = (): number => asked('sim-closed') + asked('sim-closed-2');
    let refused: ApiAnswer;
    let before: number;
    do {
      before = askedBoth();
      refused = await call({ model: 'closed' });
    } while (askedBoth() > before && before < 60);
    expect(before).toBeGreaterThan(6);
    expectStatus(refused, 503);
    expect(refused.body.error.code).toBe('no_deployment_available');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(COOLDOWN_S);
  });

  it('[RT-004] a circuit that one gateway opens is open in all, and one call among them probes', async () => {
    const gateways = [platform.url, replica?.url ?? platform.url].map((url) => api.at(url));
    provider.script({ model: 'sim-shared', behaviour: 'fault=500', times: 4 });
    for (let turn = 0; turn < 4; turn += 1) expectStatus(await call({ model: 'shared' }, false, gateways[0]), 200);
    expect(asked('sim-shared')).toBe(4);
    // What the bus needs to tell it.
    await sleep(200);
    const burst = (): Promise<ApiAnswer[]> =>
      Promise.all(Array.from({ length: 20 }, (_, index) => call({ model: 'shared' }, false, gateways[index % 2])));
    for (const { status } of await burst()) expect(status).toBe(200);
    expect(asked('sim-shared')).toBe(4);
    provider.script({ model: 'sim-shared', behaviour: 'latency_ms=1500' });
    await sleep(COOLDOWN_S * 1_000);
    const answers = await burst();
    expect(answers.filter(({ headers }) => headers.get('x-ao-model') === 'sim-shared')).toHaveLength(1);
    expect(asked('sim-shared')).toBe(5);
    await waitFor(async () => {
      const served = await Promise.all(gateways.map((gateway) => call({ model: 'shared' }, false, gateway)));
      return served.every(({ headers }) => headers.get('x-ao-model') === 'sim-shared');
    });
  });

  it('[RT-016] a change of the settings changes what the next call does, without a restart', async () => {
    expectStatus(await call({ model: 'changing', num_retries: 0 }), 502);
    await models.write(fileModels(), {}, { router_settings: { ...SETTINGS, default_fallbacks: ['healthy'] } });
    await waitFor(async () => (await call({ model: 'changing', num_retries: 0 })).status === 200, {
      timeoutMs: 20_000,
    });
    await models.write(fileModels());
    await waitFor(async () => (await call({ model: 'changing', num_retries: 0 })).status >= 500, { timeoutMs: 20_000 });
  });

  it('[BX-002] the log, the wallet and the ledger agree on all of these calls', async () => {
    const rows = await waitFor(
      async () => {
        const seen = await readRequestLog(api);
        return (await spentBy(api)) === sumUsd(seen.map(({ cost_usd: cost }) => cost)) ? seen : undefined;
      },
      { timeoutMs: 30_000, intervalMs: 500, description: 'the log to agree with the wallet' },
    );
    for (const row of rows) {
      expect(sumUsd([row['cost_usd']])).toBe(sumUsd(attemptsOf(row).map(({ cost_usd: cost }) => cost)));
    }
    if (mode !== 'cluster') return;
    const costs = new Map<string, bigint>();
    for (const { walletId, requestId, amount } of (await assertLedger(platform)).entries) {
      if (walletId === tenant.walletId) costs.set(requestId, (costs.get(requestId) ?? 0n) + amount);
    }
    const charged = rows.filter(({ cost_usd: cost }) => cost !== '0');
    expect(costs).toEqual(new Map(charged.map(({ id, cost_usd: cost }) => [id, sumUsd([cost])])));
  });
});
