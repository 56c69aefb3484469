import { Readable } from 'node:stream';
import { jest } from '@jest/globals';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import { ModelFile } from './testing/model-file.js';
import { startPlatform, type RunningPlatform } from './testing/start-platform.js';
import { createTenant, requestRows, spentBy, sumUsd, type Tenant } from './testing/tenants.js';

jest.setTimeout(60_000);

const user = [{ role: 'user', content: 'hi' }];
const parts = [{ parts: [{ text: 'hi' }] }];
const nested = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);

interface Door {
  path: string;
  /** A request that would be answered. */
  good: Record<string, unknown>;
  /** Requests that no protocol of this kind allows. */
  bad: Record<string, unknown>[];
  /** Where the protocol tells what is wrong. */
  message: (body: any) => unknown;
  /** The protocol's own shape. */
  shape: object;
}

const openAi = { error: { type: 'invalid_request_error', code: expect.any(String) } };
const messageIn = (body: any): unknown => body.error.message;

const DOORS: Door[] = [
  {
    path: '/v1/chat/completions',
    good: { model: 'chat', messages: user },
    bad: [
      { messages: user },
      { model: 'chat' },
      { model: 'chat', messages: 'hi' },
      { model: 7, messages: user },
      { model: 'chat', messages: user, stream: 'yes' },
      { model: 'chat', messages: user, max_tokens: -1 },
    ],
    message: messageIn,
    shape: openAi,
  },
  {
    path: '/v1/responses',
    good: { model: 'chat', input: 'hi' },
    bad: [{ input: 'hi' }, { model: 'chat', input: 7 }, { model: 'chat', input: 'hi', max_output_tokens: 'many' }],
    message: messageIn,
    shape: openAi,
  },
  {
    path: '/v1/embeddings',
    good: { model: 'chat', input: 'hi' },
    bad: [{ input: 'hi' }, { model: 'chat' }, { model: 'chat', input: {} }],
    message: messageIn,
    shape: openAi,
  },
  {
    path: '/v1/messages',
    good: { model: 'chat', max_tokens: 10, messages: user },
    bad: [
      { model: 'chat', messages: user },
      { max_tokens: 10, messages: user },
      { model: 'chat', max_tokens: 10, messages: [] },
      { model: 'chat', max_tokens: 10, messages: [{ role: 'robot', content: 'hi' }] },
      { model: 'chat', max_tokens: 10, messages: user, temperature: 7 },
      { model: 'chat', max_tokens: 10, messages: [{ role: 'user', content: [{ type: 'image' }] }] },
    ],
    message: messageIn,
    shape: { type: 'error', error: { type: 'invalid_request_error' } },
  },
  {
    path: '/v1beta/models/chat:generateContent',
    good: { contents: parts },
    bad: [{}, { contents: 'hi' }, { contents: parts, generationConfig: { maxOutputTokens: 'many' } }],
    message: messageIn,
    shape: { error: { code: 400, status: 'INVALID_ARGUMENT' } },
  },
  {
    path: '/api/chat',
    good: { model: 'chat', messages: user, stream: false },
    bad: [{ messages: user }, { model: 'chat', messages: 'hi' }, { model: 'chat', messages: [{ content: 'hi' }] }],
    message: (body) => body.error,
    shape: { error: expect.any(String) },
  },
];

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 64_000) yield bytes.subarray(at, at + 64_000);
}

describe('bad input', () => {
  let simulator: Simulator;
  let models: ModelFile;
  let platform: RunningPlatform;
  let tenant: Tenant;

  beforeAll(async () => {
    simulator = await startSimulator();
    const baseUrl = `${simulator.url}/v1`;
    models = await ModelFile.create([{ name: 'chat', baseUrl, inputCost: 0.000002, outputCost: 0.000008 }]);
    platform = await startPlatform('standalone', { AO_CONFIG: models.path });
    tenant = await createTenant(platform.admin, '50');
  });
  beforeEach(() => simulator.reset());
  afterAll(async () => {
    await platform?.stop();
    await Promise.all([simulator?.stop(), models?.remove()]);
  });

  const post = async (path: string, body: string | Buffer, contentType = 'application/json') => {
    const answer = await fetch(platform.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${tenant.api.key}`, 'content-type': contentType },
      body: new Uint8Array(Buffer.from(body)),
    });
    return { status: answer.status, body: (await answer.json()) as unknown };
  };

  describe.each(DOORS)('at $path', ({ path, good, bad, message, shape }) => {
    const goodText = JSON.stringify(good);
    const cases: [name: string, body: string | Buffer, status: number][] = [
      ['nothing', '', 400],
      ['no JSON', goodText.slice(0, -1), 400],
      ['an array', '[]', 400],
      [
        'bytes that are no UTF-8',
        Buffer.concat([Buffer.from(goodText.replace(/"hi"/, '"h')), Buffer.from([0xff, 0x22])]),
        400,
      ],
      ['nesting without end', goodText.slice(0, -1) + `,"deep":${nested(300)}}`, 400],
      ['more than fits', goodText.slice(0, -1) + `,"x":"${'a'.repeat(1_100_000)}"}`, 413],
      ...bad.map((body): [string, string, number] => [JSON.stringify(body).slice(0, 90), JSON.stringify(body), 400]),
    ];

    it.each(cases)('[GW-018] [BX-004] refuses %s in its own words, and bills nothing', async (_name, body, status) => {
      const answer = await post(path, body);
      expect(answer.status).toBe(status);
      expect(String(message(answer.body)).length).toBeGreaterThan(10);
      expect(String(message(answer.body))).not.toMatch(/node_modules|\/src\/|at Object/);
      if (status === 400) expect(answer.body).toMatchObject(shape);
      expect(simulator.requests).toHaveLength(0);
    });

    it('[GW-018] refuses another content type', async () => {
      expect((await post(path, goodText, 'text/plain')).status).toBe(415);
    });

    it('[GW-030] says what is served where a model is unknown', async () => {
      const [unknownPath, body] = path.includes('/chat:')
        ? [path.replace('/chat:', '/nobody:'), good]
        : [path, { ...good, model: 'nobody' }];
      const answer = await post(unknownPath, JSON.stringify(body));
      expect(answer.status).toBe(503);
      expect(String(message(answer.body))).toContain('nobody');
    });

    it('answers a good request all the same', async () => {
      expect((await post(path, goodText)).status).toBe(200);
      expect(simulator.requests).toHaveLength(1);
    });
  });

  it.each([
    ['announced', (bytes: Buffer) => bytes],
    ['sent in chunks', (bytes: Buffer) => Readable.toWeb(Readable.from(piecesOf(bytes)))],
  ])('[GW-018] tells a caller that is still sending a body too large, %s', async (_name, form) => {
    for (let turn = 0; turn < 5; turn += 1) {
      const answer = await fetch(`${platform.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${tenant.api.key}`, 'content-type': 'application/json' },
        body: form(Buffer.alloc(20_000_000, ' ')) as RequestInit['body'],
        duplex: 'half',
      } as RequestInit);
      expect({ status: answer.status, body: await answer.json() }).toMatchObject({
        status: 413,
        body: { error: { code: 'payload_too_large' } },
      });
    }
  });

  it('[BX-012] billed the good ones only', async () => {
    const rows = await requestRows(tenant.api, DOORS.length);
    expect(rows.map((row) => row['status'])).toEqual(DOORS.map(() => 200));
    await waitFor(async () => (await spentBy(tenant.api)) === sumUsd(rows.map((row) => row['cost_usd'])));
  });
});
