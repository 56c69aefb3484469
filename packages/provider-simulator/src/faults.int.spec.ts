import { startSimulator, type Simulator } from './index.js';

/** Long enough that a busy machine has sent what comes before the fault. */
const CLIENT_PATIENCE_MS = 1_000;

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

interface Ask {
  stream?: boolean;
  signal?: AbortSignal;
  body?: object;
}

function ask(directives: string, { stream = false, signal, body = {} }: Ask = {}): Promise<Response> {
  return fetch(`${simulator.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-simulate': directives },
    body: JSON.stringify({ model: 'demo-chat', messages: [{ role: 'user', content: 'Hi' }], stream, ...body }),
    ...(signal && { signal }),
  });
}

/** What arrived before the connection ended or the signal fired, chunk by chunk, and whether the end was clean. */
async function readChunks(response: Response): Promise<{ chunks: Uint8Array[]; text: string; clean: boolean }> {
  const chunks: Uint8Array[] = [];
  let clean = true;
  try {
    for await (const chunk of response.body!) chunks.push(chunk);
  } catch {
    clean = false;
  }
  return { chunks, text: Buffer.concat(chunks).toString(), clean };
}

const contents = (text: string): string[] =>
  [...text.matchAll(/"delta":\{"content":"([^"]+)"/g)].map((match) => match[1] ?? '');

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('status faults', () => {
  it.each([
    ['400', 400],
    ['401', 401],
    ['403', 403],
    ['404', 404],
    ['408', 408],
    ['429', 429],
    ['500', 500],
    ['502', 502],
    ['503', 503],
    ['504', 504],
    ['context_length_exceeded', 400],
    ['content_policy', 400],
    ['insufficient_quota', 429],
  ])('%s answers with status %i and an error object, streamed or not', async (fault, status) => {
    for (const stream of [false, true]) {
      const response = await ask(`fault=${fault}`, { stream });
      expect(response.status).toBe(status);
      const { error } = (await response.json()) as { error: object };
      expect(Object.keys(error)).toEqual(['message', 'type', 'param', 'code']);
    }
  });

  it('send Retry-After only when it is set', async () => {
    expect((await ask('fault=429')).headers.get('retry-after')).toBeNull();
    expect((await ask('fault=429&retry_after_s=7')).headers.get('retry-after')).toBe('7');
  });

  it('can be a page of HTML, as of a proxy before the provider', async () => {
    const response = await ask('fault=html_502');
    expect([response.status, response.headers.get('content-type')]).toEqual([502, 'text/html']);
    expect(await response.text()).toContain('<html>');
  });

  it('strike the set share of answers, the same ones for the same seed', async () => {
    const statuses = async (): Promise<number[]> => {
      const found = [];
      for (let count = 0; count < 60; count += 1) found.push((await ask('fault=500&fault_rate=0.5')).status);
      return found;
    };
    const first = await statuses();
    simulator.reset();
    expect(await statuses()).toEqual(first);
    const failed = first.filter((status) => status === 500).length;
    expect(failed).toBeGreaterThan(15);
    expect(failed).toBeLessThan(45);
  });
});

describe('faults of the connection', () => {
  it('reset ends it before any answer', async () => {
    await expect(ask('fault=reset')).rejects.toThrow('fetch failed');
    expect(simulator.requests[0]).toMatchObject({ outcome: 'faulted', aborted: false, status: undefined });
    expect(simulator.counts).toMatchObject({ faulted: 1, aborted: 0 });
  });

  it('silence never answers and sees the client leave', async () => {
    await expect(ask('fault=silence', { signal: AbortSignal.timeout(CLIENT_PATIENCE_MS) })).rejects.toThrow('timeout');
    await until(() => simulator.counts.aborted === 1);
    expect(simulator.requests[0]).toMatchObject({ outcome: 'faulted', aborted: true, status: undefined });
  });
});

describe('faults of a stream', () => {
  it('cut ends the connection after the set number of tokens', async () => {
    const { text, clean } = await readChunks(await ask('fault=cut&after_tokens=2', { stream: true }));
    expect(clean).toBe(false);
    expect(contents(text)).toEqual(['Hell', 'o! T']);
    await until(() => simulator.counts.socketsOpen === 0);
    expect(simulator.requests[0]).toMatchObject({ outcome: 'faulted', aborted: false });
  });

  it('stall goes quiet after the set number of tokens and keeps the connection', async () => {
    const response = await ask('fault=stall&after_tokens=1', {
      stream: true,
      signal: AbortSignal.timeout(CLIENT_PATIENCE_MS),
    });
    const { text, clean } = await readChunks(response);
    expect(clean).toBe(false);
    expect(contents(text)).toEqual(['Hell']);
    await until(() => simulator.counts.aborted === 1);
    expect(simulator.requests[0]).toMatchObject({ outcome: 'faulted', aborted: true });
  });

  it('stall after no token has sent the headers and the first frame', async () => {
    const response = await ask('fault=stall&after_tokens=0', {
      stream: true,
      signal: AbortSignal.timeout(CLIENT_PATIENCE_MS),
    });
    expect(response.status).toBe(200);
    const { text } = await readChunks(response);
    expect(text).toContain('"role":"assistant"');
    expect(contents(text)).toEqual([]);
  });

  it('malformed slips in a frame that is no JSON and goes on to the end', async () => {
    const { text, clean } = await readChunks(
      await ask('fault=malformed&after_tokens=2&output_tokens=4', { stream: true }),
    );
    const frames = text.split('\n\n').filter((frame) => frame !== '' && frame !== 'data: [DONE]');
    const broken = frames.map((frame) => {
      try {
        JSON.parse(frame.slice('data: '.length));
        return false;
      } catch {
        return true;
      }
    });
    expect(clean).toBe(true);
    expect(broken).toEqual([false, false, false, true, false, false, false]);
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('stream_error sends the error object and ends without the end marker', async () => {
    const { text, clean } = await readChunks(await ask('fault=stream_error&after_tokens=1', { stream: true }));
    const last = text.trimEnd().split('\n\n').at(-1)!;
    expect(clean).toBe(true);
    expect(JSON.parse(last.slice('data: '.length))).toMatchObject({ error: { type: 'server_error' } });
    expect(text).not.toContain('[DONE]');
  });

  it('strike after the last token when there are fewer than set', async () => {
    const { text } = await readChunks(await ask('fault=cut&after_tokens=99&output_tokens=2', { stream: true }));
    expect(contents(text)).toHaveLength(2);
    expect(text).not.toContain('"finish_reason":"stop"');
  });

  it('can leave out the end marker alone', async () => {
    const { text, clean } = await readChunks(await ask('end_marker=0', { stream: true }));
    expect(clean).toBe(true);
    expect(text).toContain('"finish_reason":"stop"');
    expect(text).not.toContain('[DONE]');
  });
});

describe('faults of a plain answer', () => {
  it('cut and stall send half of the body', async () => {
    const cut = await ask('fault=cut');
    await expect(cut.text()).rejects.toThrow('terminated');
    const stalled = await ask('fault=stall', { signal: AbortSignal.timeout(CLIENT_PATIENCE_MS) });
    await expect(stalled.text()).rejects.toThrow('timeout');
    expect(simulator.requests.map((request) => request.outcome)).toEqual(['faulted', 'faulted']);
  });

  it('malformed is half of the JSON in a whole answer, stream_error a 500', async () => {
    const malformed = await ask('fault=malformed');
    expect(malformed.status).toBe(200);
    await expect(malformed.json()).rejects.toThrow('JSON');
    expect((await ask('fault=stream_error')).status).toBe(500);
  });
});

describe('the bytes of a stream', () => {
  it('can be split through frames and characters without changing the whole', async () => {
    const text = 'Grüße 👋🏽 aus Köln';
    const split = await readChunks(await ask(`split_bytes=1&text=${encodeURIComponent(text)}`, { stream: true }));
    simulator.reset();
    const whole = await readChunks(await ask(`text=${encodeURIComponent(text)}`, { stream: true }));
    const withoutDate = (bytes: string): string => bytes.replaceAll(/"created":\d+/g, '');
    expect(withoutDate(split.text)).toBe(withoutDate(whole.text));
    expect(contents(whole.text).join('')).toBe(text);
    const endsInsideCharacter = (chunk: Uint8Array): boolean => Buffer.from(chunk).toString().endsWith('\ufffd');
    expect(split.chunks.some(endsInsideCharacter)).toBe(true);
    expect(split.chunks.length).toBeGreaterThan(whole.chunks.length);
  });

  it('can be joined across frames and still be cut at the set token', async () => {
    const directives = 'split_bytes=700&fault=cut&after_tokens=2';
    const { text, clean } = await readChunks(await ask(directives, { stream: true }));
    expect(clean).toBe(false);
    expect(contents(text)).toEqual(['Hell', 'o! T']);
  });

  it('arrive whole when the answer is much larger than the socket buffers', async () => {
    const { text, clean } = await readChunks(await ask('output_tokens=60000', { stream: true }));
    expect(clean).toBe(true);
    expect(contents(text)).toHaveLength(60_000);
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });
});

describe('the timing of an answer', () => {
  it('waits before the headers, before the first token, and between tokens', async () => {
    const start = performance.now();
    const response = await ask('latency_ms=60&first_token_ms=60&token_interval_ms=20&output_tokens=4', {
      stream: true,
    });
    const headersMs = performance.now() - start;
    const { chunks, clean } = await readChunks(response);
    const totalMs = performance.now() - start;
    expect(clean).toBe(true);
    expect(headersMs).toBeGreaterThanOrEqual(58);
    expect(totalMs).toBeGreaterThanOrEqual(58 + 58 + 3 * 18);
    expect(chunks.length).toBeGreaterThanOrEqual(5);
  });

  it('is given to the injected timers', async () => {
    const waits: number[] = [];
    const timers = {
      after: (durationMs: number, callback: () => void) => {
        waits.push(durationMs);
        callback();
        return () => undefined;
      },
    };
    const own = await startSimulator({
      timers,
      defaults: 'latency_ms=60000&first_token_ms=500&token_interval_ms=70&output_tokens=3',
    });
    const response = await fetch(`${own.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x' }], stream: true }),
    });
    const text = await response.text();
    await own.stop();
    expect(contents(text)).toHaveLength(3);
    expect(waits).toEqual([60_000, 500, 70, 70]);
  });

  it('ends with the connection: a client that leaves stops the stream', async () => {
    const controller = new AbortController();
    const response = await ask('token_interval_ms=5&output_tokens=1000', { stream: true, signal: controller.signal });
    await response.body!.getReader().read();
    controller.abort();
    await until(() => simulator.counts.aborted === 1);
    expect(simulator.requests[0]).toMatchObject({ outcome: 'aborted', aborted: true, status: 200 });
  });

  it('ends with the connection before the answer too', async () => {
    await expect(ask('latency_ms=5000', { signal: AbortSignal.timeout(CLIENT_PATIENCE_MS) })).rejects.toThrow(
      'timeout',
    );
    await until(() => simulator.counts.aborted === 1);
    expect(simulator.requests[0]).toMatchObject({ outcome: 'aborted', aborted: true, status: undefined });
  });
});
