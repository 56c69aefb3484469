import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  type ContentBlock,
  type ConverseCommandInput,
  type ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { crc32 } from 'node:zlib';
import { startSimulator, type Simulator } from './index.js';

const region = 'eu-central-1';
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'the secret of the test' };
let simulator: Simulator;
let client: BedrockRuntimeClient;

function clientWith(own: typeof credentials): BedrockRuntimeClient {
  const requestHandler = new NodeHttpHandler({ requestTimeout: 20_000 });
  return new BedrockRuntimeClient({
    region,
    endpoint: simulator.url,
    credentials: own,
    maxAttempts: 1,
    requestHandler,
  });
}

beforeAll(async () => {
  simulator = await startSimulator({ awsCredentials: { ...credentials, region } });
  client = clientWith(credentials);
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  client.destroy();
  await simulator.stop();
});

const MODEL = 'arn:aws:bedrock:eu-central-1:1:inference-profile/eu.anthropic.demo-v1:0';
const toolConfig = {
  tools: ['weather', 'clock'].map((name) => ({
    toolSpec: { name, inputSchema: { json: { type: 'object', properties: { city: { type: 'string' } } } } },
  })),
};

function ask(directives = '', more: Partial<ConverseCommandInput> = {}): ConverseCommandInput {
  const messages = [{ role: 'user' as const, content: [{ text: 'Why is the sky blue?' }] }];
  return { modelId: `${MODEL}?${directives}`, messages, ...more };
}

async function events(directives: string, more: Partial<ConverseCommandInput> = {}): Promise<ConverseStreamOutput[]> {
  const { stream } = await client.send(new ConverseStreamCommand(ask(directives, more)));
  const found: ConverseStreamOutput[] = [];
  for await (const event of stream!) found.push(event);
  return found;
}

const deltas = (found: readonly ConverseStreamOutput[]) => found.flatMap((event) => event.contentBlockDelta ?? []);
const last = (found: readonly ConverseStreamOutput[]) => ({
  stopReason: found.flatMap((event) => event.messageStop ?? [])[0]?.stopReason,
  usage: found.at(-1)?.metadata?.usage,
  metrics: found.at(-1)?.metadata?.metrics,
});

/** The bytes of a stream of the demo answer. */
async function rawStream(directives: string): Promise<Buffer> {
  const response = await fetch(`${simulator.url}/model/m/converse-stream`, {
    method: 'POST',
    headers: { authorization: 'Bearer key', 'x-simulate': directives },
    body: JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'Hi' }] }] }),
  });
  expect(response.headers.get('content-type')).toBe('application/vnd.amazon.eventstream');
  return Buffer.from(await response.arrayBuffer());
}

/** Takes a stream apart by its lengths; tells of each message whether its checksums are right. */
function messagesOf(bytes: Buffer): { head: string; payload: string; intact: boolean }[] {
  const found = [];
  for (let at = 0; at < bytes.length;) {
    const message = bytes.subarray(at, at + bytes.readUInt32BE(at));
    const payloadAt = 12 + message.readUInt32BE(4);
    const intact =
      crc32(message.subarray(0, 8)) === message.readUInt32BE(8) &&
      crc32(message.subarray(0, -4)) === message.readUInt32BE(message.length - 4);
    const payload = message.subarray(payloadAt, -4).toString();
    found.push({ head: message.subarray(12, payloadAt).toString('latin1'), payload, intact });
    at += message.length;
  }
  return found;
}

describe('Converse through the official client', () => {
  it('answers with the demo text, plain and streamed alike, for a signed request with an ARN in the path', async () => {
    const plain = await client.send(new ConverseCommand(ask()));
    expect(plain.output?.message).toMatchObject({
      role: 'assistant',
      content: [{ text: expect.stringContaining('Why is the sky blue?') }],
    });
    expect(plain.stopReason).toBe('end_turn');
    expect(simulator.requests[0]!.model).toBe(MODEL);
    const found = await events('');
    expect(found[0]!.messageStart?.role).toBe('assistant');
    const text = deltas(found).map(({ delta }) => delta?.text);
    expect(text.length).toBeGreaterThan(10);
    expect([{ text: text.join('') }]).toEqual(plain.output!.message!.content);
    expect(last(found).stopReason).toBe('end_turn');
  });

  it('reports exactly the set figures, cached and written input beside the rest', async () => {
    const figures =
      'input_tokens=1000&cached_tokens=400&cache_write_tokens=50&cache_write_1h_tokens=30&output_tokens=12&latency_ms=7';
    const plain = await client.send(new ConverseCommand(ask(figures)));
    for (const { usage, metrics } of [plain, last(await events(figures))]) {
      expect(usage).toEqual({
        inputTokens: 520,
        outputTokens: 12,
        totalTokens: 1012,
        cacheReadInputTokens: 400,
        cacheWriteInputTokens: 80,
        cacheDetails: [
          { ttl: '5m', inputTokens: 50 },
          { ttl: '1h', inputTokens: 30 },
        ],
      });
      expect(metrics).toEqual({ latencyMs: 7 });
    }
  });

  it('calls several tools after a text, the input in pieces', async () => {
    const plain = await client.send(new ConverseCommand(ask('tool_calls=2&text=Look.', { toolConfig })));
    const content = plain.output!.message!.content!;
    expect(plain.stopReason).toBe('tool_use');
    expect(content).toMatchObject([
      { text: 'Look.' },
      { toolUse: { name: 'weather', input: { city: 'demo' } } },
      { toolUse: { name: 'clock', input: { city: 'demo' } } },
    ]);
    simulator.reset();
    const found = await events('tool_calls=2&text=Look.', { toolConfig });
    const starts = found.flatMap((event) => event.contentBlockStart ?? []);
    expect(starts).toMatchObject([
      { contentBlockIndex: 1, start: { toolUse: { name: 'weather' } } },
      { contentBlockIndex: 2, start: { toolUse: { name: 'clock' } } },
    ]);
    expect(starts.map(({ start }) => start!.toolUse!.toolUseId)).toEqual(
      content.flatMap((block: ContentBlock) => block.toolUse?.toolUseId ?? []),
    );
    const pieces = deltas(found).flatMap(({ contentBlockIndex, delta }) =>
      contentBlockIndex === 1 ? [delta!.toolUse!.input] : [],
    );
    expect(pieces).toEqual(['{"ci', 'ty":', '"dem', 'o"}']);
    expect(found.filter((event) => event.contentBlockStop !== undefined)).toHaveLength(3);
  });

  it('reasons before it speaks, signed or encrypted', async () => {
    const plain = await client.send(new ConverseCommand(ask('reasoning=First, the light.&text=Rayleigh.')));
    const [thought] = plain.output!.message!.content!;
    expect(thought!.reasoningContent!.reasoningText).toEqual({
      text: 'First, the light.',
      signature: expect.stringMatching(/.{20}/),
    });
    simulator.reset();
    const reasoning = deltas(await events('reasoning=First, the light.&text=Rayleigh.')).flatMap(
      ({ delta }) => delta?.reasoningContent ?? [],
    );
    expect(reasoning.map(({ text }) => text ?? '').join('')).toBe('First, the light.');
    expect(reasoning.at(-1)!.signature).toBe(thought!.reasoningContent!.reasoningText!.signature);
    const sealed = deltas(await events('reasoning=secret&redacted_reasoning=1')).flatMap(
      ({ delta }) => delta?.reasoningContent ?? [],
    );
    expect(sealed.map(({ redactedContent }) => Buffer.from(redactedContent!).toString())).toEqual(['secret']);
  });

  it.each([
    ['', { inferenceConfig: { maxTokens: 2 } }, 'max_tokens'],
    ['text=one two', { inferenceConfig: { stopSequences: ['two'] } }, 'stop_sequence'],
    ['finish_reason=content_filter', {}, 'content_filtered'],
  ])('tells why it ended: %s %j', async (directives, more, stopReason) => {
    expect(await client.send(new ConverseCommand(ask(directives, more)))).toMatchObject({ stopReason });
    expect(last(await events(directives, more))).toMatchObject({ stopReason });
  });
});

describe('invoke with a body of Anthropic', () => {
  const body = JSON.stringify({
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Hi' }],
  });

  it('answers as Anthropic does, plain and as a stream of its events', async () => {
    const plain = await client.send(new InvokeModelCommand({ modelId: 'm?text=hello', body }));
    expect(JSON.parse(plain.body.transformToString())).toMatchObject({
      type: 'message',
      content: [{ type: 'text', text: 'hello' }],
    });
    const { body: stream } = await client.send(
      new InvokeModelWithResponseStreamCommand({ modelId: 'm?text=hello', body }),
    );
    const types = [];
    for await (const { chunk } of stream!) types.push(JSON.parse(Buffer.from(chunk!.bytes!).toString()).type);
    expect(types.join(' ')).toBe(
      'message_start content_block_start ping content_block_delta content_block_delta content_block_stop ' +
        'message_delta message_stop',
    );
  });

  it('refuses what Anthropic would refuse', async () => {
    const send = (fields: object) =>
      client.send(new InvokeModelCommand({ modelId: 'm', body: JSON.stringify(fields) }));
    await expect(send({ max_tokens: 5 })).rejects.toThrow('anthropic_version');
    await expect(send({ ...JSON.parse(body), stream: true })).rejects.toThrow('stream: Extra inputs');
  });
});

describe('the bytes of a stream of Bedrock', () => {
  it('are messages under two checksums, with their type in the head', async () => {
    const found = messagesOf(await rawStream('text=hello'));
    expect(found.every(({ intact }) => intact)).toBe(true);
    expect(found.map(({ head }) => /:event-type\x07\x00.(\w+)/.exec(head)?.[1])).toEqual([
      'messageStart',
      'contentBlockDelta',
      'contentBlockDelta',
      'contentBlockStop',
      'messageStop',
      'metadata',
    ]);
    expect(found[1]!.payload).toBe('{"contentBlockIndex":0,"delta":{"text":"hell"}}');
  });

  it('carry a message under a wrong checksum that the client refuses', async () => {
    const found = messagesOf(await rawStream('fault=malformed&after_tokens=1&text=hello'));
    expect(found.map(({ intact }) => intact)).toEqual([true, true, false, true, true, true, true]);
    await expect(events('fault=malformed')).rejects.toThrow('checksum');
  });

  it.each([
    ['429', 'ThrottlingException'],
    ['500', 'InternalServerException'],
    ['502', 'InternalServerException'],
    ['503', 'ServiceUnavailableException'],
    ['408', 'ModelStreamErrorException'],
    ['400', 'ValidationException'],
  ])('end with an exception: stream_error_as=%s is %s', async (kind, name) => {
    await expect(events(`fault=stream_error&stream_error_as=${kind}`)).rejects.toMatchObject({ name });
    const failed = messagesOf(await rawStream(`fault=stream_error&stream_error_as=${kind}`)).at(-1)!;
    expect(failed.head).toContain(':message-type\x07\x00\x09exception');
  });

  it('can be cut, and split through messages', async () => {
    await expect(rawStream('fault=cut')).rejects.toThrow('terminated');
    simulator.reset();
    const whole = await rawStream('text=hello');
    simulator.reset();
    expect(await rawStream('text=hello&split_bytes=3')).toEqual(whole);
    expect(deltas(await events('text=hello&split_bytes=1'))).toHaveLength(2);
  });
});

describe('errors of Bedrock', () => {
  it.each([
    ['400', 400, 'ValidationException'],
    ['401', 401, 'UnrecognizedClientException'],
    ['403', 403, 'AccessDeniedException'],
    ['404', 404, 'ResourceNotFoundException'],
    ['408', 408, 'ModelTimeoutException'],
    ['429', 429, 'ThrottlingException'],
    ['insufficient_quota', 400, 'ServiceQuotaExceededException'],
    ['500', 500, 'InternalServerException'],
    ['503', 503, 'ServiceUnavailableException'],
  ])('map fault %s to status %i and %s', async (fault, httpStatusCode, name) => {
    await expect(client.send(new ConverseCommand(ask(`fault=${fault}`)))).rejects.toMatchObject({
      name,
      $metadata: { httpStatusCode },
    });
  });

  it.each([
    ['no messages', { messages: [] }, 'at least one message'],
    ['an assistant first', { messages: [{ role: 'assistant' as const, content: [{ text: 'x' }] }] }, 'start with'],
    ['a blank text', { messages: [{ role: 'user' as const, content: [{ text: '' }] }] }, 'blank'],
    ['no content', { messages: [{ role: 'user' as const, content: [] }] }, 'empty'],
    ['a maximum of 0', { inferenceConfig: { maxTokens: 0 } }, 'maxTokens'],
    [
      'a call without its result',
      {
        toolConfig,
        messages: [
          { role: 'user' as const, content: [{ text: 'x' }] },
          { role: 'assistant' as const, content: [{ toolUse: { toolUseId: 't1', name: 'clock', input: {} } }] },
          { role: 'user' as const, content: [{ text: 'and?' }] },
        ],
      },
      't1',
    ],
  ])('refuse what the provider would refuse: %s', async (_title, more, message) => {
    const refused: any = await client.send(new ConverseCommand(ask('', more))).catch((thrown: unknown) => thrown);
    expect(refused.name).toBe('ValidationException');
    expect(refused.message).toContain(message);
  });
});

describe('the signature of a request', () => {
  it('is refused when the secret, the key or the region is another', async () => {
    const name = async (other: BedrockRuntimeClient): Promise<unknown> => {
      const error: any = await other.send(new ConverseCommand(ask())).catch((thrown: unknown) => thrown);
      other.destroy();
      return [error.name, error.$metadata.httpStatusCode];
    };
    expect(await name(clientWith({ ...credentials, secretAccessKey: 'x' }))).toEqual([
      'InvalidSignatureException',
      403,
    ]);
    expect(await name(clientWith({ ...credentials, accessKeyId: 'x' }))).toEqual(['UnrecognizedClientException', 403]);
    const requestHandler = new NodeHttpHandler();
    const elsewhere = new BedrockRuntimeClient({
      region: 'us-east-1',
      endpoint: simulator.url,
      credentials,
      maxAttempts: 1,
      requestHandler,
    });
    expect(await name(elsewhere)).toEqual(['InvalidSignatureException', 403]);
  });

  it('covers the body and the path: what is changed on the way is refused', async () => {
    await client.send(new ConverseCommand(ask()));
    const { path, headers, body } = simulator.requests[0]!;
    const replay = async (to: string, changed: unknown): Promise<string | null> => {
      const signed = ['authorization', 'x-amz-date', 'x-amz-content-sha256', 'content-type', 'amz-sdk-invocation-id'];
      const kept = [...signed, 'amz-sdk-request', 'x-amz-user-agent', 'user-agent'];
      const init = Object.fromEntries(kept.flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : [])));
      const response = await fetch(simulator.url + to, {
        method: 'POST',
        headers: init,
        body: JSON.stringify(changed),
      });
      return response.headers.get('x-amzn-errortype');
    };
    expect(await replay(path, body)).toBeNull();
    expect(await replay(path, { ...(body as object), system: [{ text: 'x' }] })).toBe('InvalidSignatureException');
    expect(await replay(path.replace('demo', 'other'), body)).toBe('InvalidSignatureException');
  });

  it('is not asked of a bearer, and a request without any authorization is refused', async () => {
    const body = JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'Hi' }] }] });
    const send = (headers: Record<string, string>) =>
      fetch(`${simulator.url}/model/m/converse`, { method: 'POST', headers, body });
    expect((await send({ authorization: 'Bearer key' })).status).toBe(200);
    expect((await send({ authorization: 'AWS4-HMAC-SHA256 nonsense' })).status).toBe(403);
    const refused = await send({});
    expect([refused.status, await refused.json()]).toEqual([403, { message: 'Missing Authentication Token' }]);
  });
});
