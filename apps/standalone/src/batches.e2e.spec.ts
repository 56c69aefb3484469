import { jest } from '@jest/globals';
import { parseUsd } from '@ao/kernel';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import type OpenAI from 'openai';
import { toFile } from 'openai';
import { readRequestLog } from './testing/books.js';
import { ModelFile } from './testing/model-file.js';
import { modes, openHome, type Mode, type PlatformHome } from './testing/platform-home.js';
import { childPid, startPlatform, type RunningPlatform } from './testing/start-platform.js';
import { createTenant, expectStatus, requestRows, signUp, spentBy, sumUsd, type Tenant } from './testing/tenants.js';

jest.setTimeout(180_000);

/** Every call of this model costs this much: a hundred tokens at a tenth of a cent. */
const CALL_USD = '0.1';
const LINES = 40;

const line = (index: number, more: object = {}): string =>
  JSON.stringify({
    custom_id: `line-${index}`,
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model: 'dear', max_tokens: 100, messages: [{ role: 'user', content: `Question ${index}` }], ...more },
  });
const linesOf = (count: number): string => Array.from({ length: count }, (_, index) => line(index)).join('\n');

describe.each(modes)('files and batches through the official client, %s', (mode: Mode) => {
  let provider: Simulator;
  let models: ModelFile;
  let home: PlatformHome;
  let platform: RunningPlatform;

  const start = async (): Promise<void> => {
    platform = await startPlatform(
      mode,
      { AO_CONFIG: models.path, SIGN_UP_ENABLED: 'true', AGENTS_LEASE_MS: '6000', AGENTS_POLL_MS: '100' },
      home,
    );
  };

  beforeAll(async () => {
    provider = await startSimulator();
    models = await ModelFile.create([{ name: 'dear', baseUrl: `${provider.url}/v1`, inputCost: 0, outputCost: 0.001 }]);
    home = await openHome(mode);
    await start();
  });
  beforeEach(() => {
    provider.reset();
    provider.setDefaults('latency_ms=20&input_tokens=1&output_tokens=100');
  });
  afterAll(async () => {
    await platform?.stop();
    await Promise.all([provider?.stop(), models?.remove(), home?.remove()]);
  });

  const here = (tenant: Tenant): Tenant => ({ ...tenant, api: platform.admin.as(tenant.api.key) });

  async function makeBatch(client: OpenAI, text: string): Promise<OpenAI.Batches.Batch> {
    const file = await client.files.create({ file: await toFile(Buffer.from(text), 'in.jsonl'), purpose: 'batch' });
    return client.batches.create({
      input_file_id: file.id,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
      metadata: { job: 'nightly' },
    });
  }

  /** @param client Asked anew each time: the platform may have moved. */
  const ended = (client: () => OpenAI, id: string): Promise<OpenAI.Batches.Batch> =>
    waitFor(
      async () => {
        const batch = await client().batches.retrieve(id);
        return ['completed', 'failed', 'expired', 'cancelled'].includes(batch.status) ? batch : null;
      },
      { description: 'the batch to end', timeoutMs: 90_000, intervalMs: 200 },
    );

  async function resultsOf(client: OpenAI, fileId: string | null | undefined): Promise<Record<string, any>[]> {
    if (!fileId) return [];
    const text = await (await client.files.content(fileId)).text();
    return text
      .trim()
      .split('\n')
      .map((each) => JSON.parse(each) as Record<string, any>);
  }

  it('stores, lists, reads and deletes files', async () => {
    const client = (await createTenant(platform.admin, '1')).api.openai();
    const text = 'ü'.repeat(700_000);
    const made = await client.files.create({
      file: await toFile(Buffer.from(text), 'größe.txt'),
      purpose: 'user_data',
      expires_after: { anchor: 'created_at', seconds: 3_600 },
    });
    expect(made).toMatchObject({ object: 'file', bytes: 1_400_000, filename: 'größe.txt', purpose: 'user_data' });
    expect(made.expires_at! - made.created_at).toBe(3_600);
    expect(await (await client.files.content(made.id)).text()).toBe(text);
    expect(await client.files.retrieve(made.id)).toEqual(made);
    const second = await client.files.create({ file: await toFile(Buffer.from('2'), 'b'), purpose: 'batch' });
    const ids: string[] = [];
    for await (const file of client.files.list({ limit: 1 })) ids.push(file.id);
    expect(ids).toEqual([second.id, made.id]);
    expect(await client.files.delete(made.id)).toEqual({ id: made.id, object: 'file', deleted: true });
    await expect(client.files.content(made.id)).rejects.toMatchObject({ status: 404, code: 'not_found' });
  });

  it('makes one file under one idempotency key', async () => {
    const client = (await createTenant(platform.admin, '1')).api.openai();
    const headers = { 'idempotency-key': 'once' };
    const send = async (text: string) =>
      client.files.create({ file: await toFile(Buffer.from(text), 'a'), purpose: 'batch' }, { headers });
    const first = await send('one');
    expect(await send('one')).toEqual(first);
    await expect(send('two')).rejects.toMatchObject({ status: 409 });
    expect((await client.files.list()).data).toHaveLength(1);
  });

  it('runs a batch: every line billed once, logged as a call of the key', async () => {
    const tenant = await createTenant(platform.admin, '100');
    const client = tenant.api.openai();
    const { id } = await makeBatch(client, linesOf(LINES));
    const batch = await ended(() => client, id);
    expect(batch).toMatchObject({ status: 'completed', metadata: { job: 'nightly' }, error_file_id: null });
    expect(batch.request_counts).toEqual({ total: LINES, completed: LINES, failed: 0 });
    const results = await resultsOf(client, batch.output_file_id);
    expect(results.map((each) => each['custom_id'])).toEqual(
      Array.from({ length: LINES }, (_, index) => `line-${index}`),
    );
    expect(results[0]!['response']).toMatchObject({ status_code: 200, body: { object: 'chat.completion' } });
    const rows = await requestRows(tenant.api, LINES);
    expect(new Set(rows.map((row) => row['id']))).toEqual(new Set(results.map((each) => each['response'].request_id)));
    expect(rows.every((row) => row['key_id'] === tenant.keyId)).toBe(true);
    await waitFor(async () => (await spentBy(tenant.api)) === parseUsd(CALL_USD) * BigInt(LINES), {
      timeoutMs: 10_000,
    });
    expect(provider.counts.requests).toBe(LINES);
    expect((await client.batches.list()).data.map((each) => each.id)).toEqual([id]);
  });

  it('goes on when the money runs out, and gives those lines the refusal', async () => {
    const tenant = await createTenant(platform.admin, '1');
    const client = tenant.api.openai();
    const batch = await ended(() => client, (await makeBatch(client, linesOf(15))).id);
    expect(batch).toMatchObject({ status: 'completed', request_counts: { total: 15, completed: 10, failed: 5 } });
    const errors = await resultsOf(client, batch.error_file_id);
    expect(errors).toHaveLength(5);
    expect(errors[0]!['response']).toMatchObject({
      status_code: 402,
      body: { error: { code: 'wallet_exhausted', type: 'insufficient_quota' } },
    });
    await waitFor(async () => (await spentBy(tenant.api)) === parseUsd('1'), { timeoutMs: 10_000 });
  });

  it('shows nothing of it to another organisation', async () => {
    const [mine, theirs] = [await signUp(platform.admin), await signUp(platform.admin)];
    const client = mine.api.openai();
    const batch = await makeBatch(client, line(0, { model: 'none-such' }));
    const other = theirs.api;
    const paths = [
      ['GET', `/v1/files/${batch.input_file_id}`],
      ['GET', `/v1/files/${batch.input_file_id}/content`],
      ['DELETE', `/v1/files/${batch.input_file_id}`],
      ['GET', `/v1/batches/${batch.id}`],
      ['POST', `/v1/batches/${batch.id}/cancel`],
    ] as const;
    for (const [method, path] of paths) expectStatus(await other.call(method, path), 404);
    const stolen = { input_file_id: batch.input_file_id, endpoint: '/v1/chat/completions', completion_window: '24h' };
    expectStatus(await other.post('/v1/batches', stolen), 404);
    expect((await other.get('/v1/files')).body.data).toEqual([]);
    expect((await other.get('/v1/batches')).body.data).toEqual([]);
    expect(await client.files.retrieve(batch.input_file_id)).toMatchObject({ id: batch.input_file_id });
  });

  it('[BX-002] bills each line once when who runs it is killed and started again', async () => {
    let tenant = await createTenant(platform.admin, '100');
    provider.setDefaults('latency_ms=300&input_tokens=1&output_tokens=100');
    const { id } = await makeBatch(tenant.api.openai(), linesOf(LINES));
    await waitFor(() => provider.counts.requests >= 12, { timeoutMs: 30_000 });
    if (mode === 'cluster') process.kill(childPid(platform, 'agents'), 'SIGKILL');
    else {
      await platform.program.kill();
      await start();
    }
    tenant = here(tenant);
    const client = (): OpenAI => tenant.api.openai({ maxRetries: 5 });
    const batch = await ended(client, id);
    expect(batch.status).toBe('completed');
    const results = await resultsOf(client(), batch.output_file_id);
    const lost = await resultsOf(client(), batch.error_file_id);
    expect(new Set([...results, ...lost].map((each) => each['custom_id'])).size).toBe(LINES);
    expect(results.length + lost.length).toBe(LINES);
    // A gateway that lives remembers the calls; with it dies what was under way, and that is not paid twice either.
    if (mode === 'cluster') expect(lost).toEqual([]);
    for (const each of lost) expect(each['error']).toMatchObject({ code: 'answer_lost' });
    await waitFor(async () => (await readRequestLog(tenant.api)).length === LINES, { timeoutMs: 20_000 });
    const rows = await readRequestLog(tenant.api);
    expect(new Set(rows.map((row) => row['request_id'])).size).toBe(LINES);
    // What was answered right before the kill is charged, and its line may still have lost its answer.
    const answered = rows.filter((row) => row['status'] === 200).map((row) => row['id']);
    expect(answered).toEqual(expect.arrayContaining(results.map((each) => each['response'].request_id)));
    if (mode === 'cluster') expect(answered).toHaveLength(LINES);
    const billed = sumUsd(rows.map((row) => row['cost_usd']));
    await waitFor(async () => (await spentBy(tenant.api)) === billed, { timeoutMs: 10_000 });
  });

  it.each([
    [{ endpoint: '/v1/moderations' }, 400, 'endpoint'],
    [{ completion_window: '1h' }, 400, 'completion_window'],
    [{ input_file_id: 'file_none' }, 404, 'input_file_id'],
    [{ input_file_id: undefined }, 400, 'input_file_id'],
    [{ surprise: true }, 400, 'body'],
    [{ metadata: { k: 'x'.repeat(513) } }, 400, 'metadata.k'],
  ])('refuses a batch with %j', async (change, status, param) => {
    const given = { input_file_id: 'file_none', endpoint: '/v1/chat/completions', completion_window: '24h' };
    const answer = await platform.admin.post('/v1/batches', { ...given, ...change });
    expect(answer.status).toBe(status);
    expect(answer.body.error.param).toBe(param);
  });

  it.each([
    ['no file', { purpose: 'batch' }, 400, 'file'],
    ['no purpose', { file: 'x' }, 400, 'purpose'],
    ['a purpose that is none', { file: 'x', purpose: 'fun' }, 400, 'purpose'],
    ['an empty file', { file: '', purpose: 'batch' }, 400, 'file'],
    ['too short a life', { file: 'x', purpose: 'batch', seconds: '60' }, 400, 'expires_after.seconds'],
  ])('refuses an upload with %s', async (_what, { file, purpose, seconds }: Record<string, string>, status, param) => {
    const form = new FormData();
    if (file !== undefined) form.append('file', new Blob([file]), 'a.jsonl');
    if (purpose !== undefined) form.append('purpose', purpose);
    if (seconds !== undefined) {
      form.append('expires_after[anchor]', 'created_at');
      form.append('expires_after[seconds]', seconds);
    }
    const answer = await fetch(`${platform.url}/v1/files`, {
      method: 'POST',
      headers: { authorization: `Bearer ${platform.admin.key}` },
      body: form,
    });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error: { param } });
  });
});
