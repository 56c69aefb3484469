import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { sleep } from '@ao/kernel';
import { waitFor } from '@ao/testing';
import { ModelFile } from './testing/model-file.js';
import { startPlatform, type RunningPlatform } from './testing/start-platform.js';
import { createTenant, type Tenant } from './testing/tenants.js';

jest.setTimeout(60_000);

/** A provider that a test decides every byte of. */
class RawProvider {
  readonly bodies: Buffer[] = [];
  answer: (response: ServerResponse, request: IncomingMessage) => Promise<void> | void = () => undefined;
  private readonly server = createServer((request, response) => void this.serve(request, response));

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    this.bodies.push(Buffer.concat(chunks));
    await this.answer(response, request);
  }
}

/** Until it takes more, or is closed. */
async function drained(response: ServerResponse): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]);
  over.abort();
}

const JSON_TYPE = { 'content-type': 'application/json' };
const SSE_TYPE = { 'content-type': 'text/event-stream' };

/** Each protocol where both sides speak it, with spaces and fields that nobody knows. */
const SAME = [
  {
    protocol: 'OpenAI chat',
    path: '/v1/chat/completions',
    request: `{ "model" : "openai-raw",  "messages":[{"role":"user","content":"hi","x_unknown":[1, 2]}] ,"future_field":{"a": 1.50}}`,
    answer: `{ "id":"c1","object":"chat.completion","future":{"x": 1.0},"choices":[{"index":0,"message":{"role":"assistant","content":"h\\u0069"},"finish_reason":"stop"}], "usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4} }`,
    frames: [
      `data: {"id":"c1","choices":[{"index":0,"delta":{"content":"h"},"finish_reason":null}] , "future":1.0}\n\n`,
      `data: {"id":"c1","choices":[{"index":0,"delta":{"content":"i"},"finish_reason":"stop"}]}\n\n`,
      'data: [DONE]\n\n',
    ],
    streamed: (request: string) => request.replace(/}$/, `,"stream":true,"stream_options":{"include_usage":true}}`),
  },
  {
    protocol: 'Anthropic',
    path: '/v1/messages',
    request: `{ "model" : "anthropic-raw",  "max_tokens":9 ,"messages":[{"role":"user","content":"hi"}] ,"future_field":{"a": 1.50}}`,
    answer: `{ "id":"m1","type":"message","role":"assistant","model":"anthropic-raw","future":1.0,"content":[{"type":"text","text":"h\\u0069"}],"stop_reason":"end_turn","stop_sequence":null, "usage":{"input_tokens":3,"output_tokens":1} }`,
    frames: [
      `event: message_start\ndata: {"type":"message_start","message":{"id":"m1","type":"message","role":"assistant","content":[],"model":"x","future":1.0,"usage":{"input_tokens":3,"output_tokens":0}}}\n\n`,
      `event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n`,
      `event: ping\ndata: {"type": "ping"}\n\n`,
      `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hi"},"future":1.0}\n\n`,
      `event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n`,
      `event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":1}}\n\n`,
      `event: message_stop\ndata: {"type":"message_stop"}\n\n`,
    ],
    streamed: (request: string) => request.replace(/}$/, `,"stream":true}`),
  },
  {
    protocol: 'Gemini',
    path: '/v1beta/models/gemini-raw:generateContent',
    request: `{ "contents" : [{"role":"user","parts":[{"text":"hi"}]}] ,"futureField":{"a": 1.50}}`,
    answer: `{ "candidates":[{"content":{"role":"model","parts":[{"text":"h\\u0069"}]},"finishReason":"STOP","future":1.0}], "usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":1,"totalTokenCount":4} }`,
    frames: [
      `data: {"candidates":[{"content":{"role":"model","parts":[{"text":"h"}]},"index":0}],"future":1.0}\n\n`,
      `data: {"candidates":[{"content":{"role":"model","parts":[{"text":"i"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":1,"totalTokenCount":4}}\n\n`,
    ],
    streamed: (request: string) => request,
  },
];

describe('one protocol on both sides', () => {
  const provider = new RawProvider();
  let models: ModelFile;
  let platform: RunningPlatform;
  let tenant: Tenant;

  beforeAll(async () => {
    const url = await provider.start();
    const costs = { inputCost: 0.000002, outputCost: 0.000008 };
    models = await ModelFile.create([
      { name: 'openai-raw', baseUrl: `${url}/v1`, ...costs },
      { name: 'anthropic-raw', provider: 'anthropic', baseUrl: url, ...costs },
      { name: 'gemini-raw', provider: 'gemini', baseUrl: `${url}/v1beta`, ...costs },
    ]);
    platform = await startPlatform('standalone', { AO_CONFIG: models.path });
    tenant = await createTenant(platform.admin, '50');
  });
  beforeEach(() => {
    provider.bodies.length = 0;
  });
  afterAll(async () => {
    await platform?.stop();
    provider.stop();
    await models?.remove();
  });

  const post = (path: string, body: string): Promise<Response> =>
    fetch(platform.url + path, {
      method: 'POST',
      headers: { ...JSON_TYPE, authorization: `Bearer ${tenant.api.key}` },
      body,
    });

  describe.each(SAME)('$protocol', ({ path, request, answer, frames, streamed }) => {
    /** What stands before it says nothing yet, and waits for it: until then another deployment could still answer. */
    const firstWord = frames.findIndex((frame) => /"(?:content|text)":"h/.test(frame));
    const streamPath = path.replace(/:generateContent$/, ':streamGenerateContent?alt=sse');

    it('[BX-004] forwards bytes and unknown fields untouched, both ways', async () => {
      provider.answer = (response) => void response.writeHead(200, JSON_TYPE).end(answer);
      const response = await post(path, request);
      expect(await response.text()).toBe(answer);
      expect(provider.bodies[0]!.toString()).toBe(request);
      expect(response.headers.get('x-ao-cost-usd')).toBe('0.000014');
    });

    it('[GW-003] passes each frame on before the next one exists, unchanged', async () => {
      const seen: string[] = [];
      let text = '';
      provider.answer = async (response) => {
        response.writeHead(200, SSE_TYPE);
        for (const [index, frame] of frames.entries()) {
          response.write(frame);
          const isWithheld = /\[DONE]|message_stop/.test(frame) || index < firstWord;
          // The next frame is only made once the caller has this one: whoever buffers would wait for ever.
          if (!isWithheld) await waitFor(() => text.includes(frame), { timeoutMs: 5_000 });
          seen.push(frame);
        }
        response.end();
      };
      const response = await post(streamPath, streamed(request));
      for await (const chunk of response.body!) text += Buffer.from(chunk).toString();
      expect(text).toBe(frames.join(''));
      expect(seen).toEqual(frames);
    });

    it('[GW-004] hangs up on the provider when the caller leaves', async () => {
      let left = false;
      provider.answer = async (response) => {
        response.once('close', () => (left = true));
        response.writeHead(200, SSE_TYPE);
        for (const frame of frames.slice(0, firstWord + 1)) response.write(frame);
        await waitFor(() => left, { timeoutMs: 10_000 });
      };
      const response = await post(streamPath, streamed(request));
      const reader = response.body!.getReader();
      await reader.read();
      await reader.cancel();
      await waitFor(() => left, { timeoutMs: 10_000 });
    });
  });

  it('[PR-015] makes a provider wait for a caller that reads slowly, instead of keeping the answer', async () => {
    const piece = `data: {"id":"c1","choices":[{"index":0,"delta":{"content":"${'a '.repeat(16_000)}"}}]}\n\n`;
    const PIECES = 3_000;
    let written = 0;
    provider.answer = async (response) => {
      response.writeHead(200, SSE_TYPE);
      for (; written < PIECES && !response.destroyed; written += 1) {
        if (!response.write(piece)) await drained(response);
      }
      response.end();
    };
    const { hostname, port } = new URL(platform.url);
    const call = httpRequest({
      hostname,
      port,
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { ...JSON_TYPE, authorization: `Bearer ${tenant.api.key}` },
    });
    call.end('{"model":"openai-raw","stream":true,"max_tokens":1000000,"messages":[{"role":"user","content":"hi"}]}');
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    // Nobody reads: what fits into sockets and small buffers goes out, and then nothing more.
    await waitFor(async () => {
      const before = written;
      await sleep(500);
      return written > 0 && written === before;
    });
    expect(written * piece.length).toBeLessThan(32 * 1_048_576);
    response.destroy();
    call.destroy();
  });
});
