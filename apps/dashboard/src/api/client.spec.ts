import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiError } from './api-error.js';
import { ApiClient, toQueryString } from './client.js';
import { listAll } from './list-all.js';

let server: Server;
let origin: string;
let answer: RequestListener;
let seen: IncomingMessage[];
let bodies: string[];

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(request);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString());
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(
  () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    }),
);
beforeEach(() => {
  seen = [];
  bodies = [];
  answer = (_request, response) => response.end('{"ok":true}');
});

/** Browsers complete a path with the page's own address; here the test server's takes its place. */
const client = (key = 'sk-ao-test', timeoutMs = 5_000): ApiClient =>
  new ApiClient(key, (path, init) => fetch(`${origin}${path as string}`, init), timeoutMs);

const refusalOf = (call: Promise<unknown>): Promise<ApiError> =>
  call.then(
    () => {
      throw new Error('the call went through');
    },
    (error: ApiError) => error,
  );

describe('the API client', () => {
  it('sends the key, the query and the body as the API wants them', async () => {
    await expect(
      client().call('/v1/keys', {
        method: 'POST',
        query: { limit: 5, cursor: null, model: 'a b&c' },
        body: { name: 'ci' },
      }),
    ).resolves.toEqual({ ok: true });
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/v1/keys?limit=5&model=a+b%26c' });
    expect(seen[0]?.headers).toMatchObject({
      authorization: 'Bearer sk-ao-test',
      'content-type': 'application/json',
      accept: 'application/json',
    });
    expect(bodies[0]).toBe('{"name":"ci"}');
  });

  it('sends no Authorization header without a key, for servers that ask for none', async () => {
    await client('').call('/v1/models');
    expect(seen[0]?.headers).not.toHaveProperty('authorization');
    expect(seen[0]?.headers).not.toHaveProperty('content-type');
  });

  it('gives the code, the message and the request id of a refusal', async () => {
    answer = (_request, response) =>
      response
        .writeHead(402, { 'x-request-id': 'abc' })
        .end(
          '{"error":{"message":"Nothing is left.","type":"insufficient_quota","param":null,"code":"wallet_exhausted"}}',
        );
    const error = await refusalOf(client().call('/v1/wallet/balance'));
    expect(error).toMatchObject({
      name: 'ApiError',
      status: 402,
      code: 'wallet_exhausted',
      message: 'Nothing is left.',
      requestId: 'abc',
      retryable: false,
    });
  });

  it.each([
    ['a page of a proxy', '<html>Bad gateway</html>'],
    ['an error of another shape', '{"error":"bad"}'],
    ['null', 'null'],
    ['nothing', ''],
  ])('copes with %s in place of an error', async (_what, body) => {
    answer = (_request, response) => response.writeHead(502).end(body);
    const error = await refusalOf(client().call('/v1/models'));
    expect(error).toMatchObject({ status: 502, code: 'http_502', requestId: null, retryable: true });
    expect(error.message).toContain('502');
  });

  it('takes no page for an answer', async () => {
    answer = (_request, response) => response.end('<html>Sign in to the Wi-Fi</html>');
    expect(await refusalOf(client().call('/v1/models'))).toMatchObject({ code: 'unreadable_answer', status: 200 });
  });

  it('follows no redirect: the key goes to this server alone', async () => {
    answer = (_request, response) => response.writeHead(307, { location: `${origin}/elsewhere` }).end();
    expect(await refusalOf(client().call('/v1/models'))).toMatchObject({ code: 'network', status: 0 });
    expect(seen).toHaveLength(1);
  });

  it('gives up on a server that never answers', async () => {
    answer = () => undefined;
    expect(await refusalOf(client('sk-ao-test', 60).call('/v1/models'))).toMatchObject({
      code: 'timeout',
      retryable: true,
    });
  });

  it('says when the server cannot be reached', async () => {
    answer = (request) => request.socket.destroy();
    expect(await refusalOf(client().call('/v1/models'))).toMatchObject({ code: 'network', retryable: true });
  });

  it('passes the cancellation of its caller on as it is', async () => {
    answer = () => undefined;
    const cancel = new AbortController();
    const call = client().call('/v1/models', { signal: cancel.signal });
    cancel.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a query string', () => {
  it('leaves out what is not set', () => {
    expect(toQueryString()).toBe('');
    expect(toQueryString({ a: '', b: null, c: undefined })).toBe('');
    expect(toQueryString({ a: 0, b: 'x' })).toBe('?a=0&b=x');
  });
});

describe('a whole list', () => {
  const pageFrom = (request: IncomingMessage, pages: number): string => {
    const page = Number(new URL(request.url ?? '', origin).searchParams.get('cursor') ?? 0);
    return JSON.stringify({ data: [page], next_cursor: page + 1 < pages ? String(page + 1) : null });
  };

  it('is read page by page to its end', async () => {
    answer = (request, response) => response.end(pageFrom(request, 3));
    await expect(listAll(client(), '/v1/keys', { model: 'm' })).resolves.toEqual({ rows: [0, 1, 2], complete: true });
    expect(seen.map(({ url }) => url)).toEqual([
      '/v1/keys?model=m&limit=500',
      '/v1/keys?model=m&limit=500&cursor=1',
      '/v1/keys?model=m&limit=500&cursor=2',
    ]);
  });

  it('stops at its limit, and says that there is more', async () => {
    answer = (request, response) => response.end(pageFrom(request, Infinity));
    await expect(listAll(client(), '/v1/keys')).resolves.toEqual({ rows: [0, 1, 2, 3], complete: false });
  });
});
