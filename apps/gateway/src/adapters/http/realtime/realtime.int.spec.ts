import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from '@ao/testing';
import { WebSocket, WebSocketServer } from 'ws';
import { KEYS, SERVER_KEY, startNativeGateway } from '../native/native-gateway.suite.js';

const USAGE = {
  input_tokens: 100,
  output_tokens: 50,
  input_token_details: { text_tokens: 40, audio_tokens: 60, cached_tokens: 0 },
  output_token_details: { text_tokens: 20, audio_tokens: 30 },
};
const PRICE = {
  model: 'm',
  inputPico: '4000000',
  audioInputPico: '32000000',
  outputPico: '16000000',
  audioOutputPico: '64000000',
  contextTokensMax: 1_000,
  outputTokensMax: 1_000,
};
/** 40 × 4 + 60 × 32 + 20 × 16 + 30 × 64 micro-dollars. */
const COST = 4_320_000n;
/** Of one response at most: 1000 × 32 + 1000 × 64 micro-dollars. */
const MOST = 96_000_000n;

describe('realtime sessions', () => {
  let gateway: Awaited<ReturnType<typeof startNativeGateway>>;
  let upstream: Server;
  let sockets: WebSocketServer;
  let base: string;
  let seen: { url: string; headers: IncomingHttpHeaders; socket: WebSocket }[] = [];
  const clients: WebSocket[] = [];

  beforeAll(async () => {
    upstream = createServer();
    sockets = new WebSocketServer({ server: upstream });
    sockets.on('connection', (socket, { url = '', headers }) => {
      seen.push({ url, headers, socket });
      socket.on('message', (data, binary) => answer(socket, data as Buffer, binary));
    });
    await new Promise<void>((resolve) => void upstream.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`;
    gateway = await startNativeGateway({ REALTIME_IDLE_MS: '3000', REALTIME_TOTAL_MS: '20000' });
  });
  afterAll(async () => {
    await gateway.stop();
    sockets.close();
    await new Promise((resolve) => upstream.close(resolve));
  });
  beforeEach(async () => {
    seen = [];
    gateway.reports.length = 0;
    gateway.money.nanoUsd = 1_000_000_000_000n;
    await gateway.serve([{ kind: 'openai', baseUrl: base }], [PRICE]);
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.terminate();
    await waitFor(() => sockets.clients.size === 0);
  });

  /** Speaks a little of OpenAI's protocol; whatever is none of it comes back. */
  function answer(socket: WebSocket, data: Buffer, binary: boolean): void {
    const text = data.toString();
    if (binary || !text.startsWith('{"type":"response.')) return socket.send(data, { binary });
    const id = 'resp_1';
    const tell = (event: object): void => socket.send(JSON.stringify(event));
    if (text.includes('response.create')) tell({ type: 'response.created', response: { id } });
    if (text.includes('slow')) return;
    if (text.includes('twice')) {
      tell({ type: 'response.done', response: { id, status: 'completed', usage: USAGE } });
      tell({ type: 'response.created', response: { id: 'resp_2' } });
      return tell({ type: 'response.done', response: { id: 'resp_2', status: 'completed', usage: USAGE } });
    }
    tell({ type: 'response.done', response: { id, status: 'completed', usage: USAGE } });
  }

  const path = '/v1/realtime?model=group-openai';
  function connect({ key = KEYS.alice as string | null, protocols = [] as string[], at = path } = {}) {
    const headers = key === null ? {} : { authorization: `Bearer ${key}` };
    const socket = new WebSocket(gateway.url.replace('http', 'ws') + at, protocols, { headers });
    clients.push(socket);
    const frames: string[] = [];
    socket.on('message', (data: Buffer) => void frames.push(data.toString()));
    socket.on('error', () => undefined);
    const opened = new Promise<number>((resolve) => {
      socket.once('open', () => resolve(101));
      socket.once('unexpected-response', (_request, response) => {
        response.resume();
        resolve(response.statusCode!);
      });
    });
    const closed = new Promise<[number, string]>((resolve) =>
      socket.once('close', (code, reason) => resolve([code, reason.toString()])),
    );
    return { socket, frames, opened, closed };
  }

  it('[GW-009] relays frames both ways as they are, with our key', async () => {
    const { socket, frames, opened } = connect();
    expect(await opened).toBe(101);
    socket.send('{"type":"session.update",  "odd":1}');
    socket.send(Buffer.from([0, 1, 255]));
    await waitFor(() => frames.length === 2);
    expect(frames[0]).toBe('{"type":"session.update",  "odd":1}');
    expect(seen[0]!.url).toBe('/v1/realtime?model=m');
    expect(seen[0]!.headers['authorization']).toBe(`Bearer ${SERVER_KEY}`);
  });

  it.each([
    ['no key', { key: null }, 401],
    ['a wrong key', { key: 'sk-ao-wrong' }, 401],
    ['the role viewer', { key: KEYS.viewer }, 403],
    ['no model', { at: '/v1/realtime' }, 400],
    ['another path', { at: '/v1/elsewhere?model=m' }, 404],
  ])('[GW-009] refuses %s before the upgrade', async (_what, change, status) => {
    expect(await connect(change).opened).toBe(status);
    expect(seen).toEqual([]);
  });

  it('[GW-009] takes the key that a browser offers as a protocol, and does not pass it on', async () => {
    const { socket, opened } = connect({ key: null, protocols: ['realtime', `openai-insecure-api-key.${KEYS.alice}`] });
    expect(await opened).toBe(101);
    expect(socket.protocol).toBe('realtime');
    expect(JSON.stringify(seen[0]!.headers)).not.toContain(KEYS.alice);
  });

  it('[GW-009] closes the provider’s side when the caller closes', async () => {
    const { socket, opened } = connect();
    await opened;
    const closed = new Promise((resolve) =>
      seen[0]!.socket.once('close', (code: number, reason: Buffer) => resolve([code, reason.toString()])),
    );
    socket.close(4_001, 'bye');
    expect(await closed).toEqual([4_001, 'bye']);
  });

  it('[GW-009] closes the caller’s side when the provider closes, or breaks off', async () => {
    const first = connect();
    await first.opened;
    seen[0]!.socket.close(4_002, 'over');
    expect(await first.closed).toEqual([4_002, 'over']);
    const second = connect();
    await second.opened;
    seen[1]!.socket.terminate();
    expect((await second.closed)[0]).toBe(1_011);
  });

  it('[GW-009] refuses when the provider does not open a session', async () => {
    await gateway.serve([{ kind: 'openai', baseUrl: 'http://127.0.0.1:1/v1' }], [PRICE]);
    expect(await connect().opened).toBe(502);
  });

  it('[GW-009] ends a session in which nothing is said', async () => {
    const { opened, closed } = connect();
    await opened;
    expect((await closed)[0]).toBe(1_008);
  });

  it('[GW-009] holds one of the calls at once while it is open, and gives it back', async () => {
    const first = connect({ key: KEYS.busy });
    expect(await first.opened).toBe(101);
    expect(await connect({ key: KEYS.busy }).opened).toBe(429);
    first.socket.close();
    await first.closed;
    await waitFor(async () => (await connect({ key: KEYS.busy }).opened) === 101);
  });

  it('[GW-009] bills each response by its usage, sound apart', async () => {
    const { socket, opened, frames } = connect();
    await opened;
    socket.send('{"type":"response.create"}');
    await waitFor(() => frames.length === 2 && gateway.reports.length === 1);
    expect(gateway.reports[0]).toMatchObject({
      endpoint: '/v1/realtime',
      model: 'm',
      usageSource: 'provider',
      usage: expect.objectContaining({ inputTokens: 40, audioInputTokens: 60, audioOutputTokens: 30 }),
      cost: COST,
      finishReason: 'completed',
    });
    expect(gateway.reports[0]!.charges).toHaveLength(1);
  });

  it('[GW-009] bills responses that follow each other at once', async () => {
    const { socket, opened, frames } = connect();
    await opened;
    for (let round = 1; round <= 10; round += 1) {
      socket.send('{"type":"response.create","twice":1}');
      await waitFor(() => frames.length === 4 * round && gateway.reports.length === 2 * round);
    }
    expect(gateway.reports.map(({ cost }) => cost)).toEqual(Array.from({ length: 20 }, () => COST));
    expect(new Set(gateway.reports.map(({ requestId }) => requestId)).size).toBe(20);
    expect(socket.readyState).toBe(WebSocket.OPEN);
  });

  it('[GW-009] hears what a response cost although the caller hung up', async () => {
    const { socket, opened, frames } = connect();
    await opened;
    socket.send('{"type":"response.create","slow":1}');
    await waitFor(() => frames.length === 1);
    socket.terminate();
    await waitFor(() => gateway.reports.length === 1);
    expect(gateway.reports[0]).toMatchObject({ usageSource: 'provider', cost: COST });
  });

  it('[GW-009] opens nothing that cannot be paid', async () => {
    gateway.money.nanoUsd = MOST - 1n;
    expect(await connect({ key: KEYS.stranger }).opened).toBe(402);
    await gateway.serve([{ kind: 'openai', baseUrl: base }], []);
    expect(await connect().opened).toBe(402);
    expect(seen).toEqual([]);
  });

  it('[GW-009] tells why and closes when the wallet is dry', async () => {
    gateway.money.nanoUsd = MOST;
    const { socket, opened, closed, frames } = connect({ key: KEYS.stranger });
    expect(await opened).toBe(101);
    socket.send('{"type":"response.create"}');
    expect((await closed)[0]).toBe(4_402);
    expect(JSON.parse(frames.at(-1)!)).toMatchObject({ type: 'error', error: { code: 'wallet_exhausted' } });
    await waitFor(() => gateway.reports.length === 1);
    expect(gateway.reports[0]!.cost).toBe(COST);
  });

  it.each(['/v1/vertex-ai/any', '/vertex-ai/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent'])(
    '[GW-010] opens a Live session of Vertex AI under %s, for a flat price',
    async (at) => {
      const live = { model: 'native:vertex-ai/live', perCallPico: '1000000000' };
      const baseUrl = base.replace('/v1', '/v1/projects/acme/locations/europe-west4');
      await gateway.serve([{ kind: 'vertex_ai', baseUrl }], [live]);
      const { socket, opened, frames, closed } = connect({ at });
      expect(await opened).toBe(101);
      expect(seen[0]!.url).toBe('/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent');
      expect(seen[0]!.headers['authorization']).toBe(`Bearer ${SERVER_KEY}`);
      socket.send('{"setup":{}}');
      await waitFor(() => frames.length === 1);
      socket.close();
      await closed;
      await waitFor(() => gateway.reports.length === 1);
      expect(gateway.reports[0]).toMatchObject({ model: 'native:vertex-ai/live', cost: 1_000_000n });
    },
  );

  it('[GW-010] asks for a flat price of a Live session', async () => {
    await gateway.serve([{ kind: 'vertex_ai', baseUrl: base.replace('/v1', '/v1/projects/a/locations/b') }], []);
    expect(await connect({ at: '/vertex-ai/any' }).opened).toBe(402);
    expect(seen).toEqual([]);
  });

  it('[GW-001] [GW-009] ends open sessions when the gateway stops', async () => {
    const { opened, closed } = connect();
    await opened;
    await gateway.stop();
    expect((await closed)[0]).toBe(1_001);
    gateway = await startNativeGateway();
  });
});
