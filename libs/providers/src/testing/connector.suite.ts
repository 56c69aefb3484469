import { systemClock } from '@ao/kernel';
import type { Connector, UpstreamRequest } from '../connector.js';
import type { ProviderTarget } from '../provider-target.js';
import { connectorFor } from '../registry.js';
import { ProviderPools } from '../transport/provider-pools.js';
import { startFixtureServer, readRecording, replay, type FixtureServer, type Recording } from './fixture-server.js';

/** What a provider's folder gives to be tested. */
export interface ConnectorCase {
  readonly kind: string;
  /** The catalogue's row of this provider in brackets, beside PR-001. */
  readonly row?: string;
  /** `__fixtures__/`, with a file for each name below. */
  readonly fixtures: URL;
  readonly basePath: string;
  readonly model: string;
  /** Request bodies in the provider's protocol. */
  readonly bodies: { readonly chat: object; readonly stream: object; readonly embeddings?: object };
  /** Which of its endpoints takes these bodies. */
  readonly chatEndpoint: string;
  /** Below `basePath`; `stream` where it is another than that of `chat`. */
  readonly paths: {
    readonly chat: string;
    readonly stream?: string;
    readonly embeddings?: string;
    readonly models: string;
  };
  /** The list of models is not below `basePath`. */
  readonly modelsAtRoot?: boolean;
  /** How the key is shown to the provider. */
  readonly keyHeader: { readonly name: string; readonly value: (key: string) => string };
  readonly modelIds: readonly string[];
  /** Headers of `chat.http` under our own names, beside the content type. */
  readonly answerHeaders: readonly string[];
  /** What `error-429.http` says about when to try again. */
  readonly retryAfter?: string;
  /** How a provider refuses a key; 401 unless given. */
  readonly refusal?: number;
}

const KEY = 'key-of-the-gateway';

/** What every connector guarantees, whatever it speaks (PR-001): run over recorded answers of the provider. */
export function describeConnector(given: ConnectorCase): void {
  const recording = (name: string): Recording => readRecording(new URL(name, given.fixtures));
  const target = (change: Partial<ProviderTarget> = {}): ProviderTarget => ({
    id: 'prv_1',
    name: 'recorded',
    kind: given.kind,
    baseUrl: server.url + given.basePath,
    apiKey: KEY,
    organisation: null,
    timeouts: { connectMs: 1_000, firstByteMs: 2_000, idleMs: 2_000, totalMs: 5_000 },
    connectionsMax: 4,
    ...change,
  });
  const connect = (change?: Partial<ProviderTarget>): Connector => {
    const settings = target(change);
    return connectorFor(given.kind)({ target: settings, pool: pools.poolFor(settings), clock: systemClock });
  };
  const request = (body: object, change: Partial<UpstreamRequest> = {}): UpstreamRequest => ({
    endpoint: given.chatEndpoint,
    model: given.model,
    body: Buffer.from(JSON.stringify(body)),
    stream: false,
    requestId: 'req-1',
    ...change,
  });
  const streamed = () => request(given.bodies.stream, { stream: true });

  let server: FixtureServer;
  let pools: ProviderPools;
  beforeEach(async () => {
    pools = new ProviderPools(systemClock);
    server = await startFixtureServer(replay(recording('chat.http')));
  });
  afterEach(async () => {
    await pools.close(100);
    await server.stop();
  });

  describe(`the ${given.kind} connector`, () => {
    it(`[PR-001] ${given.row ?? ''} sends a chat request as it is and gives the answer as it came`, async () => {
      const response = await connect().send(request(given.bodies.chat));
      expect(response.status).toBe(200);
      expect(await response.body.collect()).toEqual(recording('chat.http').body);
      const seen = server.firstRequest;
      expect(seen).toMatchObject({ method: 'POST', path: given.basePath + given.paths.chat });
      expect(seen.body).toBe(JSON.stringify(given.bodies.chat));
      expect(seen.headers[given.keyHeader.name]).toBe(given.keyHeader.value(KEY));
    });

    it.each(['chat-stream.http', 'chat-tools-stream.http'])('[PR-001] streams %s byte for byte', async (name) => {
      server.answer = replay(recording(name));
      const response = await connect().send(streamed());
      expect(server.firstRequest.path).toBe(given.basePath + (given.paths.stream ?? given.paths.chat));
      const chunks: Buffer[] = [];
      for await (const chunk of response.body) chunks.push(chunk);
      expect(Buffer.concat(chunks)).toEqual(recording(name).body);
      expect(chunks.length).toBeGreaterThan(1);
      expect(response.timings.firstByteMs).toBeGreaterThanOrEqual(response.timings.headersMs);
    });

    it('[PR-001] gives embeddings, or says that it has none', async () => {
      const { bodies, paths } = given;
      expect(connect().capabilities.embeddings === null).toBe(paths.embeddings === undefined);
      const sent = request(bodies.embeddings ?? {}, { endpoint: 'embeddings' });
      if (paths.embeddings === undefined) {
        return expect(connect().send(sent)).rejects.toMatchObject({ code: 'unsupported_parameter' });
      }
      server.answer = replay(recording('embeddings.http'));
      const response = await connect().send(sent);
      expect(await response.body.collect()).toEqual(recording('embeddings.http').body);
      expect(server.firstRequest.path).toBe(given.basePath + paths.embeddings);
    });

    it('[PR-001] gives an error answer with its status, body and retry hint, not as an exception', async () => {
      server.answer = replay(recording('error-429.http'));
      const response = await connect().send(streamed());
      expect(response.status).toBe(429);
      expect(response.headers['retry-after']).toBe(given.retryAfter);
      expect(await response.body.collect()).toEqual(recording('error-429.http').body);
    });

    it('[PR-001] fails a stream that breaks off, after what had come', async () => {
      server.answer = replay(recording('chat-broken-stream.cut.http'));
      const response = await connect().send(streamed());
      let bytes = 0;
      const read = async (): Promise<void> => {
        for await (const chunk of response.body) bytes += chunk.length;
      };
      await expect(read()).rejects.toMatchObject({ code: 'upstream_error', retryable: true, mayBeCharged: true });
      expect(bytes).toBeGreaterThan(0);
    });

    it('[GW-015] sends only headers of its own making', async () => {
      const headers = {
        authorization: 'Bearer stolen',
        cookie: 'a=b',
        'x-forwarded-for': '10.0.0.1',
        connection: 'close',
      };
      await connect().send(request(given.bodies.chat, { headers }));
      const seen = server.firstRequest.headers;
      expect(JSON.stringify(seen)).not.toMatch(/stolen|a=b|10\.0\.0\.1/);
      expect(seen['connection']).toBe('keep-alive');
      expect(seen['x-request-id']).toBe('req-1');
    });

    it('[GW-015] brings ids and limits of the provider back under one naming, and nothing else of it', async () => {
      const { headers, body } = await connect().send(request(given.bodies.chat));
      await body.collect();
      expect(headers['content-type']).toContain('application/json');
      expect(Object.keys(headers)).toEqual(expect.arrayContaining([...given.answerHeaders]));
      for (const name of Object.keys(headers)) expect(name).toMatch(/^(content-type|retry-after(-ms)?|x-ao-.+)$/);
    });

    it('uses the key of the caller instead of ours when it is given one', async () => {
      await connect({ organisation: 'org-1' }).send(request(given.bodies.chat, { apiKey: 'key-of-the-caller' }));
      const seen = server.firstRequest.headers;
      expect(seen[given.keyHeader.name]).toBe(given.keyHeader.value('key-of-the-caller'));
      expect(JSON.stringify(seen)).not.toMatch(/org-1|key-of-the-gateway/);
    });

    it('needs no key', async () => {
      await connect({ apiKey: null }).send(request(given.bodies.chat));
      expect(server.firstRequest.headers).not.toHaveProperty(given.keyHeader.name);
    });

    it('refuses an endpoint that is not on its list', async () => {
      const sent = connect().send(request({}, { endpoint: '../admin' }));
      await expect(sent).rejects.toMatchObject({ code: 'unsupported_parameter' });
      expect(server.requests).toHaveLength(0);
    });

    it('[PR-001] lists models, is healthy, and passes its own test', async () => {
      server.answer = replay(recording('models.http'));
      const connector = connect();
      expect((await connector.listModels()).map(({ id }) => id)).toEqual(given.modelIds);
      expect(await connector.health()).toMatchObject({ healthy: true, reason: null });
      const test = await connector.testConnection();
      expect(test).toMatchObject({ ok: true, reason: null });
      expect(test.models).toHaveLength(given.modelIds.length);
      expect(server.requests[0]).toMatchObject({
        method: 'GET',
        path: (given.modelsAtRoot ? '' : given.basePath) + given.paths.models,
      });
    });

    it('[PR-013] says why a test fails, and names no key', async () => {
      server.answer = replay(recording('error-401.http'));
      const { ok, reason, models } = await connect().testConnection();
      expect({ ok, reason, models }).toEqual({
        ok: false,
        reason: `the provider refused the key (${given.refusal ?? 401})`,
        models: [],
      });
    });
  });
}
