import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync, brotliCompressSync, zstdCompressSync } from 'node:zlib';
import { systemClock } from '@ao/kernel';
import type { UpstreamResponse } from '../connector.js';
import type { UpstreamTimeouts } from '../provider-target.js';
import { chunkOf, startFixtureServer, type Answer, type FixtureServer } from '../testing/fixture-server.js';
import { UpstreamPool, type PoolCall } from './upstream-pool.js';

const TIMEOUTS: UpstreamTimeouts = { connectMs: 1_000, firstByteMs: 2_000, idleMs: 2_000, totalMs: 4_000 };
const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;

const ok: Answer = (socket) => void socket.write(`${OK}content-length: 2\r\n\r\nok`);
/** Never answers; a request that hangs would hang its test. */
const silence = async (socket: Socket): Promise<void> => void (await once(socket, 'close'));

let server: FixtureServer;
let pool: UpstreamPool;

beforeEach(async () => {
  server = await startFixtureServer(ok);
  pool = poolOf(server.url);
});
afterEach(async () => {
  await pool.close(50);
  await server.stop();
});

function poolOf(origin: string, connectionsMax = 2): UpstreamPool {
  return new UpstreamPool({ origin, connectMs: 300, connectionsMax, reach: 'any' }, systemClock);
}

function send(timeouts: Partial<UpstreamTimeouts> = {}, change: Partial<PoolCall> = {}): Promise<UpstreamResponse> {
  const call: Omit<PoolCall, 'timeouts'> = {
    method: 'POST',
    path: '/',
    headers: [],
    body: Buffer.from('{}'),
    signal: undefined,
  };
  return pool.send({ ...call, timeouts: { ...TIMEOUTS, ...timeouts }, ...change });
}

async function read(response: UpstreamResponse): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200 && !holds(); turn += 1) await pause(10);
  expect(holds()).toBe(true);
}

/** How long a call takes to fail, and how. */
async function failureOf(work: Promise<unknown>): Promise<{ error: unknown; tookMs: number }> {
  const startedAtMs = performance.now();
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  return { error, tookMs: performance.now() - startedAtMs };
}

describe('limits', () => {
  it('[GW-021] ends a silent call at its first-byte limit and hangs up', async () => {
    server.answer = silence;
    const { error, tookMs } = await failureOf(send({ firstByteMs: 200 }));
    expect(error).toMatchObject({ code: 'timeout', status: 504, kind: 'first_byte_timeout', mayBeCharged: true });
    // Far sooner than any other limit, however busy the machine.
    expect(tookMs).toBeLessThan(2_000);
    await until(() => server.sockets.open === 0);
    expect(pool.stats).toMatchObject({ running: 0, pending: 0, failuresTotal: 1 });
  });

  it('[GW-021] counts headers without a body as silence too', async () => {
    server.answer = async (socket) => {
      socket.write(CHUNKED);
      await silence(socket);
    };
    const response = await send({ firstByteMs: 200 });
    await expect(read(response)).rejects.toMatchObject({ code: 'timeout', kind: 'first_byte_timeout' });
  });

  it('[GW-021] ends a stream that stalls at its idle limit', async () => {
    server.answer = async (socket) => {
      socket.write(CHUNKED + chunkOf('a'));
      await pause(50);
      socket.write(chunkOf('b'));
      await silence(socket);
    };
    const response = await send({ idleMs: 150 });
    await expect(read(response)).rejects.toMatchObject({ code: 'timeout', kind: 'idle_timeout' });
    await until(() => server.sockets.open === 0);
  });

  it('[GW-021] ends a stream that never ends at its total limit', async () => {
    server.answer = async (socket) => {
      socket.write(CHUNKED);
      while (!socket.destroyed) {
        socket.write(chunkOf('x'));
        await pause(20);
      }
    };
    const response = await send({ totalMs: 300 });
    const { error, tookMs } = await failureOf(read(response));
    expect(error).toMatchObject({ code: 'timeout', kind: 'total_timeout' });
    expect(tookMs).toBeLessThan(2_000);
  });

  it('[GW-021] ends a call that waits for a connection, and one that nobody reads', async () => {
    server.answer = async (socket) => {
      socket.write(CHUNKED + chunkOf('a'));
      await silence(socket);
    };
    const unread = await Promise.all([send({ totalMs: 1_800 }), send({ totalMs: 1_800 })]);
    const { error, tookMs } = await failureOf(send({ firstByteMs: 150 }));
    expect(error).toMatchObject({ kind: 'first_byte_timeout', mayBeCharged: false });
    expect(tookMs).toBeLessThan(1_500);
    await until(() => server.sockets.open === 0);
    for (const response of unread) await expect(read(response)).rejects.toMatchObject({ kind: 'total_timeout' });
  });

  it('does not count the time that the reader takes as the silence of the provider', async () => {
    const part = 'x'.repeat(50_000);
    server.answer = (socket) => void socket.write(`${CHUNKED}${chunkOf(part).repeat(20)}0\r\n\r\n`);
    const response = await send({ idleMs: 100 });
    let bytes = 0;
    for await (const chunk of response.body) {
      if (bytes === 0) await pause(300);
      bytes += chunk.length;
    }
    expect(bytes).toBe(part.length * 20);
  });

  it('[GW-021] ends an attempt to connect at its limit', async () => {
    // TEST-NET-1 (RFC 5737) answers nobody; where there is no route to it, the attempt fails at once.
    pool = poolOf('http://192.0.2.1:9');
    const { error, tookMs } = await failureOf(send());
    expect(error).toMatchObject({ name: 'AppError', retryable: true, mayBeCharged: false });
    expect(tookMs).toBeLessThan(5_000);
  });
});

describe('failures', () => {
  it('calls a refused connection a retryable upstream_error', async () => {
    await server.stop();
    await expect(send()).rejects.toMatchObject({
      code: 'upstream_error',
      kind: 'refused',
      retryable: true,
      mayBeCharged: false,
    });
    server = await startFixtureServer(ok);
  });

  it('calls a connection that breaks before the answer a retryable upstream_error', async () => {
    server.answer = (socket) => void socket.resetAndDestroy();
    await expect(send()).rejects.toMatchObject({ code: 'upstream_error', kind: 'reset', retryable: true });
  });

  it.each([
    ['a body shorter than announced', `${OK}content-length: 100\r\n\r\nshort`],
    ['a chunked body without its end', CHUNKED + chunkOf('a')],
  ])('fails %s', async (_name, bytes) => {
    server.answer = (socket) => void socket.end(bytes);
    const response = await send();
    await expect(response.body.collect()).rejects.toMatchObject({ code: 'upstream_error', retryable: true });
  });

  it.each([
    ['what is not HTTP', 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
    ['endless headers', `${OK}x-padding: ${'x'.repeat(40_000)}\r\n\r\n`],
  ])('refuses %s', async (_name, bytes) => {
    server.answer = (socket) => void socket.write(bytes);
    await expect(send()).rejects.toMatchObject({ code: 'upstream_error', kind: 'protocol' });
  });

  it('does not follow redirects', async () => {
    server.answer = (socket) =>
      void socket.write('HTTP/1.1 307 Temporary\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n');
    await expect(send()).rejects.toMatchObject({ code: 'upstream_error', kind: 'redirect', retryable: false });
    expect(server.requests).toHaveLength(1);
  });

  it('waits past 1xx answers for the real one', async () => {
    server.answer = (socket) =>
      void socket.write(`HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${OK}content-length: 2\r\n\r\nok`);
    expect(await read(await send())).toBe('ok');
  });

  it('refuses an answer that is too large and hangs up', async () => {
    server.answer = (socket) => void socket.write(CHUNKED + chunkOf('x'.repeat(5_000)));
    const response = await send();
    await expect(response.body.collect(1_000)).rejects.toMatchObject({ code: 'backend_output_too_large', status: 502 });
    await until(() => server.sockets.open === 0);
  });

  it('says at once when too many wait for a connection', async () => {
    server.answer = silence;
    const waiting = Array.from({ length: 1_100 }, () => send({ firstByteMs: 500 }));
    const errors = await Promise.all(waiting.map(async (call) => (await failureOf(call)).error as { kind: string }));
    const saturated = errors.filter(({ kind }) => kind === 'saturated');
    expect(saturated.length).toBeGreaterThan(0);
    expect(saturated[0]).toMatchObject({ code: 'backend_unavailable', retryable: true });
    await until(() => pool.stats.pending === 0 && pool.stats.running === 0);
  });
});

describe('leaving', () => {
  const left = new Error('the client left');

  it('closes the connection promptly when the caller leaves before the answer', async () => {
    server.answer = silence;
    const leaving = new AbortController();
    const call = failureOf(send({}, { signal: leaving.signal }));
    await until(() => server.requests.length === 1);
    leaving.abort(left);
    expect((await call).error).toBe(left);
    await until(() => server.sockets.open === 0);
  });

  it('closes the connection promptly when the caller leaves in the middle of a stream', async () => {
    server.answer = async (socket) => {
      socket.write(CHUNKED + chunkOf('a'));
      await silence(socket);
    };
    const leaving = new AbortController();
    const response = await send({}, { signal: leaving.signal });
    const reading = failureOf(read(response));
    await pause(20);
    leaving.abort(left);
    expect((await reading).error).toBe(left);
    await until(() => server.sockets.open === 0);
  });

  it('closes the connection when the reader leaves the loop, and sends nothing for a caller who left before', async () => {
    server.answer = async (socket) => {
      socket.write(CHUNKED + chunkOf('a'));
      await silence(socket);
    };
    const response = await send();
    for await (const chunk of response.body) {
      expect(chunk.toString()).toBe('a');
      break;
    }
    await until(() => server.sockets.open === 0);
    await expect(send({}, { signal: AbortSignal.abort(left) })).rejects.toBe(left);
    expect(server.requests).toHaveLength(1);
  });

  it('keeps the connection for the next call when an answer ended well', async () => {
    const leaving = new AbortController();
    await read(await send({}, { signal: leaving.signal }));
    leaving.abort(left);
    await read(await send());
    expect(server.sockets.open).toBe(server.sockets.accepted);
  });
});

describe('flow', () => {
  it('gives chunks as they arrive, and makes the provider wait for a slow reader', async () => {
    let sent = 0;
    const part = Buffer.from(chunkOf('x'.repeat(65_536)));
    server.answer = async (socket: Socket) => {
      socket.write(CHUNKED);
      for (; sent < 500; sent += 1) if (!socket.write(part)) await once(socket, 'drain');
      socket.write('0\r\n\r\n');
    };
    const { body } = await send();
    // Nobody reads yet.
    await pause(300);
    expect(sent).toBeLessThan(500);
    let bytes = 0;
    for await (const chunk of body) bytes += chunk.length;
    expect(bytes).toBe(500 * 65_536);
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])('decodes a body that came compressed with %s', async (encoding, compress) => {
    const text = 'data: {"content":"hello"}\n\n'.repeat(5_000);
    const body = compress(Buffer.from(text));
    server.answer = (socket) => {
      socket.write(`${OK}content-encoding: ${encoding}\r\ncontent-length: ${body.length}\r\n\r\n`);
      socket.write(body);
    };
    expect(await read(await send())).toBe(text);
    expect((await (await send()).body.collect()).toString()).toBe(text);
  });

  it('refuses a broken compressed body and an unknown encoding', async () => {
    server.answer = (socket) => void socket.write(`${OK}content-encoding: gzip\r\ncontent-length: 4\r\n\r\nnope`);
    await expect(send().then(read)).rejects.toMatchObject({ kind: 'protocol' });
    server.answer = (socket) => void socket.write(`${OK}content-encoding: compress\r\ncontent-length: 4\r\n\r\nnope`);
    await expect(send()).rejects.toMatchObject({ kind: 'protocol' });
  });

  it('[PR-015] counts its connections and calls', async () => {
    server.answer = async (socket) => {
      await pause(50);
      await ok(socket, server.firstRequest);
    };
    const calls = Array.from({ length: 5 }, () => send().then(read));
    await until(() => pool.stats.running === 2);
    expect(pool.stats).toMatchObject({ connected: 2, pending: 3, callsTotal: 5, connectionsMax: 2 });
    await Promise.all(calls);
    expect(pool.stats).toMatchObject({ connected: 2, running: 0, pending: 0, failuresTotal: 0 });
    expect(server.sockets.accepted).toBe(2);
  });
});
