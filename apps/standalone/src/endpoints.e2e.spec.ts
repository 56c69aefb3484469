import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { waitFor } from '@ao/testing';
import { toFile } from 'openai';
import type { ApiClient } from './testing/api-client.js';
import { ModelFile } from './testing/model-file.js';
import { startPlatform, type RunningPlatform } from './testing/start-platform.js';
import { createTenant, requestRow, spentBy } from './testing/tenants.js';

jest.setTimeout(60_000);

const shortly = { timeoutMs: 20_000, intervalMs: 100 };
const SOUND = Buffer.from([0xff, 0xfb, 0x90, 0x00, 0x80, 0xfe, 0x0a, 0x0d]);
const USAGE = { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 };
/** A provider of everything; what it answers is fixed. */
const ANSWERS: Readonly<Record<string, (response: ServerResponse, body: any) => void>> = {
  '/v1/completions': (response, { model, stream }) => {
    const choices = [{ text: ' a time', index: 0, logprobs: null, finish_reason: 'stop' }];
    const answer = { id: 'cmpl-1', object: 'text_completion', created: 1, model, choices };
    if (!stream) return json(response, { ...answer, usage: USAGE });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of [answer, { ...answer, choices: [], usage: USAGE }]) {
      response.write(`data: ${JSON.stringify(event)}\n\n`);
    }
    response.end('data: [DONE]\n\n');
  },
  '/v1/moderations': (response) =>
    json(response, { id: 'modr-1', model: 'omni', results: [{ flagged: false, categories: {}, category_scores: {} }] }),
  '/v1/rerank': (response) =>
    json(response, { results: [{ index: 1, relevance_score: 0.9 }], meta: { billed_units: { search_units: 2 } } }),
  '/v1/images/generations': (response, { n }) =>
    json(response, { created: 1, data: Array.from({ length: n }, () => ({ b64_json: 'AAAA' })) }),
  '/v1/images/edits': (response) => json(response, PICTURES),
  '/v1/images/variations': (response) => json(response, PICTURES),
  '/v1/audio/transcriptions': (response) => json(response, TRANSCRIPT),
  '/v1/audio/translations': (response) =>
    void response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('Hello'),
  '/v1/audio/speech': (response, { voice }) => {
    response.writeHead(200, { 'content-type': 'audio/mpeg' });
    response.write(SOUND);
    if (voice === 'cut') setTimeout(() => response.destroy(), 50);
    else response.end(SOUND);
  },
};

const TRANSCRIPT = { text: 'Hello', usage: { type: 'duration', seconds: 3 } };
const PICTURES = { created: 1, data: [{ b64_json: 'AAAA' }] };

const json = (response: ServerResponse, answer: object): void =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));

describe('endpoints beside conversations', () => {
  let provider: Server;
  let models: ModelFile;
  let platform: RunningPlatform;
  let api: ApiClient;
  let seen: { path: string; body: any }[] = [];

  beforeAll(async () => {
    provider = createServer((request, response) => void serve(request, response));
    await new Promise<void>((resolve) => void provider.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;
    const names = ['text', 'judge', 'sorter', 'painter', 'speaker', 'listener', 'priceless'];
    models = await ModelFile.create(names.map((name) => ({ name, model: `real-${name}`, baseUrl })));
    platform = await startPlatform('standalone', { AO_CONFIG: models.path });
    const prices = [
      { model: 'real-text', input_usd_per_million: '1000', output_usd_per_million: '2000' },
      { model: 'real-judge', free: true },
      { model: 'real-sorter', per_search_unit_usd: '0.002' },
      { model: 'real-painter', per_output_image_usd: '0.04' },
      { model: 'real-listener', per_input_second_usd: '0.0001' },
      { model: 'real-speaker', per_character_usd: '0.001' },
    ];
    // On a busy machine the services behind the gateway may still be loading their prices.
    const isSet = async (price: object): Promise<boolean> =>
      (await platform.admin.post('/v1/prices', price)).status === 201;
    for (const price of prices) await waitFor(() => isSet(price), shortly);
    await waitFor(async () => (await priced(platform.admin)) === 200, shortly);
    ({ api } = await createTenant(platform.admin, '100'));
  });
  beforeEach(() => {
    seen = [];
  });
  afterAll(async () => {
    await platform?.stop();
    await new Promise((resolve) => provider.close(resolve));
    await models?.remove();
  });

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const sent = Buffer.concat(chunks);
    const isForm = request.headers['content-type']!.startsWith('multipart/');
    const body = isForm ? sent : JSON.parse(sent.toString());
    seen.push({ path: request.url!, body });
    ANSWERS[request.url!]!(response, body);
  };

  /** The price that was set last is in force. */
  const priced = async (admin: ApiClient): Promise<number> => {
    const body = { model: 'speaker', input: 'x', voice: 'alloy' };
    return (await admin.post('/v1/audio/speech', body, { 'x-dry-run': 'true' })).status;
  };
  /** Of the call that the answer belongs to. */
  const rowOf = (headers: Headers): Promise<Record<string, any>> => requestRow(api, headers.get('x-request-id')!);

  it('completes a text, whole and streamed, with the official client', async () => {
    const request = api.openai().completions.create({ model: 'text', prompt: 'Once upon', max_tokens: 5 });
    const { data: whole, response } = await request.withResponse();
    expect(whole.choices[0]?.text).toBe(' a time');
    expect(await rowOf(response.headers)).toMatchObject({ endpoint: '/v1/completions', cost_usd: '0.008' });
    const streamed = api.openai().completions.create({ model: 'text', prompt: 'Once upon', stream: true });
    const { data: stream, response: head } = await streamed.withResponse();
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.text ?? '';
    expect(text).toBe(' a time');
    expect(seen[1]).toMatchObject({ path: '/v1/completions', body: { stream_options: { include_usage: true } } });
    expect(await rowOf(head.headers)).toMatchObject({ usage_source: 'provider', cost_usd: '0.008' });
  });

  it('judges for nothing where the price says so', async () => {
    const request = api.openai().moderations.create({ model: 'judge', input: ['a', 'b'] });
    const { data: judged, response } = await request.withResponse();
    expect(judged.results[0]?.flagged).toBe(false);
    expect(seen).toEqual([{ path: '/v1/moderations', body: { model: 'real-judge', input: ['a', 'b'] } }]);
    expect(await rowOf(response.headers)).toMatchObject({ endpoint: '/v1/moderations', cost_usd: '0' });
  });

  it.each(['/v1/rerank', '/v2/rerank'])('bills %s by what the provider tells of its searches', async (path) => {
    const answer = await api.post(path, { model: 'sorter', query: 'q', documents: ['a', 'b'] });
    expect(answer).toMatchObject({ status: 200, body: { results: [{ index: 1 }] } });
    expect(answer.headers.get('x-ao-cost-usd')).toBe('0.004');
    expect(await rowOf(answer.headers)).toMatchObject({ endpoint: '/v1/rerank', usage: { search_units: 2 } });
  });

  it('[BX-012] reserves as many pictures as are asked for, and bills them', async () => {
    const { api: poor } = await createTenant(platform.admin, '0.1');
    const image = { model: 'painter', prompt: 'a cat' };
    const refused = await poor.post('/v1/images/generations', { ...image, n: 3 });
    expect(refused.status).toBe(402);
    expect(seen).toEqual([]);
    const made = await poor.openai().images.generate({ ...image, n: 2 });
    expect(made.data).toHaveLength(2);
    await waitFor(async () => (await spentBy(poor)) === 80_000_000n, shortly);
  });

  it('hands sound on as it comes, billed by its characters', async () => {
    const sound = await api.openai().audio.speech.create({ model: 'speaker', input: 'Grüße', voice: 'alloy' });
    expect(sound.headers.get('content-type')).toBe('audio/mpeg');
    expect(sound.headers.get('x-ao-cost-usd')).toBe('0.005');
    expect(Buffer.from(await sound.arrayBuffer())).toEqual(Buffer.concat([SOUND, SOUND]));
    expect(await rowOf(sound.headers)).toMatchObject({ usage: { characters: 5 }, usage_source: 'estimated' });
  });

  it('[GW-004] never lets broken sound look whole, and bills it', async () => {
    const requestId = randomUUID();
    const speech = { model: 'speaker', input: 'Grüße', voice: 'cut' };
    await expect(api.post('/v1/audio/speech', speech, { 'x-request-id': requestId })).rejects.toThrow();
    expect(await requestRow(api, requestId)).toMatchObject({ cost_usd: '0.005', partial: true });
  });

  it.each([
    ['/v1/completions', { prompt: 'x' }],
    ['/v1/moderations', { input: 'x' }],
    ['/v1/rerank', { query: 'q', documents: ['a'] }],
    ['/v1/images/generations', { prompt: 'x' }],
    ['/v1/audio/speech', { input: 'x', voice: 'alloy' }],
  ])('[BX-012] refuses %s of a model without a price, and without a key', async (path, body) => {
    const refused = await api.post(path, { model: 'priceless', ...body });
    expect(refused).toMatchObject({ status: 402, body: { error: { code: 'price_missing' } } });
    expect((await api.as(null).post(path, { model: 'text', ...body })).status).toBe(401);
    expect(seen).toEqual([]);
  });

  describe('forms', () => {
    /** Larger than a JSON body may be. */
    const sound = Buffer.alloc(1_200_000, 0xff);

    it('[BX-012] transcribes a file that goes on byte for byte, billed by its seconds', async () => {
      const file = await toFile(sound, 'grüße.mp3');
      const request = api.openai().audio.transcriptions.create({ model: 'listener', file });
      const { data, response } = await request.withResponse();
      expect(data.text).toBe('Hello');
      const body = seen[0]!.body as Buffer;
      expect(body.includes(sound)).toBe(true);
      expect(body.includes('\r\n\r\nreal-listener\r\n')).toBe(true);
      expect(await rowOf(response.headers)).toMatchObject({ usage: { input_seconds: 3 }, cost_usd: '0.0003' });
      const poor = await createTenant(platform.admin, '0.1');
      await expect(poor.api.openai().audio.transcriptions.create({ model: 'listener', file })).rejects.toMatchObject({
        status: 402,
      });
    });

    it('hands a translation on as text, billed by what its file may hold', async () => {
      const file = await toFile(sound, 'a.mp3');
      const options = { model: 'listener', file, response_format: 'text' as const };
      const { data, response } = await api.openai().audio.translations.create(options).withResponse();
      expect(data).toBe('Hello');
      expect(response.headers.get('content-type')).toContain('text/plain');
      expect(await rowOf(response.headers)).toMatchObject({ usage: { input_seconds: 300 }, usage_source: 'estimated' });
    });

    it('changes pictures, billed by the picture', async () => {
      const image = await toFile(Buffer.from('picture'), 'a.png', { type: 'image/png' });
      const edit = { model: 'painter', image, prompt: 'a hat' };
      const { data, response } = await api.openai().images.edit(edit).withResponse();
      expect(data.data).toHaveLength(1);
      expect(await rowOf(response.headers)).toMatchObject({ endpoint: '/v1/images/edits', cost_usd: '0.04' });
      expect((await api.openai().images.createVariation({ model: 'painter', image })).data).toHaveLength(1);
    });

    it.each([
      ['without a key', null, 'multipart/form-data; boundary=x', 401],
      ['cut off', 'key', 'multipart/form-data; boundary=x', 400],
      ['as JSON', 'key', 'application/json', 415],
    ])('[GW-019] refuses a request %s', async (_what, key, type, status) => {
      const caller = key === null ? api.as(null) : api;
      const refused = await caller.call('POST', '/v1/audio/transcriptions', '--x\r\n', { 'content-type': type });
      expect(refused.status).toBe(status);
      const elsewhere = await caller.call('POST', '/v1/chat/completions', '--x', {
        'content-type': 'multipart/form-data',
      });
      expect(elsewhere.status).toBe(key === null ? elsewhere.status : 415);
      expect(seen).toEqual([]);
    });
  });
});
