import { once } from 'node:events';
import { WebSocket } from 'ws';
import { startSimulator, type Simulator } from './index.js';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const LIVE_PATHS = [
  '/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent',
  '/ws/google.generativeai.v1beta.GenerativeService.BidiGenerateContent',
  '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent',
];

/** A client that collects what it hears until it has heard enough or the connection is closed. */
class Client {
  readonly heard: any[] = [];
  closeCode: number | undefined;
  private readonly socket: WebSocket;

  constructor(path: string) {
    this.socket = new WebSocket(simulator.url.replace('http', 'ws') + path);
    this.socket.on('message', (data: Buffer) => this.heard.push(parse(data.toString())));
    this.socket.on('close', (code) => (this.closeCode = code));
    this.socket.on('error', () => undefined);
  }

  get types(): string[] {
    return this.heard.map((event) => event.type);
  }

  async say(...messages: object[]): Promise<void> {
    if (this.socket.readyState === WebSocket.CONNECTING) await once(this.socket, 'open');
    for (const message of messages) this.socket.send(JSON.stringify(message));
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.until(() => this.closeCode !== undefined);
  }

  terminate(): void {
    this.socket.terminate();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { broken: text };
  }
}

const realtime = (directives: string): string =>
  `/v1/realtime?model=${encodeURIComponent(`demo-realtime?${directives}`)}`;
const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello there' }] };
const tools = [
  { type: 'function', name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
];

describe('the realtime protocol', () => {
  it('answers response.create with events and the usage, and echoes what it does not know', async () => {
    const client = new Client(realtime('text=abcdefgh&input_tokens=10&cached_tokens=4'));
    await client.say({ type: 'conversation.item.create', item }, { type: 'response.create' }, { type: 'custom', x: 1 });
    await client.until(() => client.types.includes('custom'));
    expect(client.types).toEqual([
      'session.created',
      'conversation.item.added',
      'conversation.item.done',
      'response.created',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.done',
      'custom',
    ]);
    expect(client.heard[0].session).toMatchObject({ type: 'realtime', model: 'demo-realtime' });
    expect(client.heard.at(-2).response).toMatchObject({
      status: 'completed',
      output: [{ content: [{ type: 'output_text', text: 'abcdefgh' }] }],
      usage: { input_tokens: 10, input_token_details: { cached_tokens: 4 }, output_tokens: 2, total_tokens: 12 },
    });
    expect(client.heard.at(-1)).toEqual({ type: 'custom', x: 1 });
    await client.close();
  });

  it('calls a function that the session offers', async () => {
    const client = new Client(realtime('tool=1'));
    await client.say({ type: 'session.update', session: { tools } }, { type: 'response.create' });
    await client.until(() => client.types.includes('response.done'));
    expect(client.heard.at(-1).response.output).toMatchObject([
      { type: 'function_call', name: 'weather', arguments: '{"city":"demo"}' },
    ]);
    await client.close();
  });
});

describe('the live protocol', () => {
  it.each(LIVE_PATHS)('answers a setup and a turn at %s', async (path) => {
    const client = new Client(path);
    await client.say(
      { setup: { model: 'models/demo-live?text=abcdefgh&reasoning_tokens=3' } },
      { clientContent: { turns: [{ role: 'user', parts: [{ text: 'Hi' }] }], turnComplete: true } },
    );
    await client.until(() => client.heard.some((message) => message.serverContent?.turnComplete));
    expect(client.heard).toMatchObject([
      { setupComplete: {} },
      { serverContent: { modelTurn: { role: 'model', parts: [{ text: 'abcd' }] } } },
      { serverContent: { modelTurn: { parts: [{ text: 'efgh' }] } } },
      { serverContent: { generationComplete: true } },
      {
        serverContent: { turnComplete: true },
        usageMetadata: { promptTokenCount: 1, responseTokenCount: 2, thoughtsTokenCount: 3, totalTokenCount: 6 },
      },
    ]);
    await client.close();
  });

  it('calls a function and goes on with its result', async () => {
    const client = new Client(LIVE_PATHS[0]!);
    const functionDeclarations = [{ name: 'weather', parameters: tools[0]!.parameters }];
    await client.say(
      { setup: { model: 'models/m?tool=1', tools: [{ functionDeclarations }] } },
      { realtimeInput: { text: 'Hi' } },
    );
    await client.until(() => client.heard.length === 2);
    expect(client.heard[1].toolCall.functionCalls).toMatchObject([{ name: 'weather', args: { city: 'demo' } }]);
    await client.say({ toolResponse: { functionResponses: [{ name: 'weather', response: {} }] } });
    await client.until(() => client.heard.some((message) => message.serverContent?.turnComplete));
    await client.close();
  });
});

describe('what goes wrong with a socket', () => {
  it('is a status before it opens', async () => {
    for (const [path, status] of [
      [realtime('fault=401'), 401],
      [LIVE_PATHS[0]!, 429],
      ['/v1/nothing', 404],
      [realtime('falt=1'), 400],
    ] as const) {
      if (status === 429) simulator.script('fault=429');
      const socket = new WebSocket(simulator.url.replace('http', 'ws') + path);
      socket.on('error', () => undefined);
      const [, response] = await once(socket, 'unexpected-response');
      expect(response.statusCode).toBe(status);
      response.destroy();
    }
    expect(simulator.requests.map((request) => request.status)).toEqual([401, 429, 404, 400]);
  });

  it.each([
    ['cut', 4, 1006],
    ['stream_error', 5, 1011],
  ])('%s ends it after the set number of messages', async (fault, heard, code) => {
    const client = new Client(realtime(`fault=${fault}&after_tokens=4`));
    await client.say({ type: 'response.create' });
    await client.until(() => client.closeCode !== undefined);
    expect([client.heard.length, client.closeCode]).toEqual([heard, code]);
    await client.until(() => simulator.requests[0]!.outcome === 'faulted');
    expect(simulator.counts).toMatchObject({ faulted: 1, aborted: 0, webSocketsOpen: 0 });
  });

  it('stall goes quiet and malformed is no JSON', async () => {
    const quiet = new Client(realtime('fault=stall&after_tokens=2'));
    await quiet.say({ type: 'response.create' });
    await quiet.until(() => simulator.counts.faulted === 1 && quiet.heard.length === 2);
    expect(quiet.types).toEqual(['session.created', 'response.created']);
    await quiet.close();
    const broken = new Client(realtime('fault=malformed&after_tokens=1'));
    await broken.say({ type: 'response.create' });
    await broken.until(() => broken.types.includes('response.done'));
    expect(broken.heard.filter((message) => 'broken' in message)).toHaveLength(1);
    await broken.close();
  });
});

describe('the pace of a socket', () => {
  it('is that of the latency and of the tokens', async () => {
    const startedAtMs = Date.now();
    const client = new Client(realtime('text=abcdefgh&latency_ms=60&first_token_ms=60&token_interval_ms=60'));
    await client.until(() => client.types.includes('session.created'));
    const openedAtMs = Date.now();
    await client.say({ type: 'response.create' });
    await client.until(() => client.types.includes('response.done'));
    expect(openedAtMs - startedAtMs).toBeGreaterThanOrEqual(59);
    expect(Date.now() - openedAtMs).toBeGreaterThanOrEqual(118);
    await client.close();
  });

  it('is no matter for a client that leaves before the socket opens', async () => {
    const client = new Client(realtime('latency_ms=60000'));
    await client.until(() => simulator.counts.requests === 1);
    client.terminate();
    await client.until(() => simulator.counts.aborted === 1);
    expect(simulator.requests[0]).toMatchObject({ status: undefined, outcome: 'aborted', aborted: true });
    const unheard = new Client(realtime('fault=silence'));
    await client.until(() => simulator.counts.faulted === 1);
    unheard.terminate();
    await client.until(() => simulator.counts.aborted === 2);
    expect(simulator.requests[1]).toMatchObject({ status: undefined, outcome: 'faulted', aborted: true });
  });
});

describe('the records of sockets', () => {
  it('tell what was said and how it ended', async () => {
    const client = new Client(realtime('text=abcd'));
    await client.say({ type: 'custom' });
    await client.until(() => client.types.includes('custom'));
    expect(simulator.counts.webSocketsOpen).toBe(1);
    await client.close();
    const rude = new Client(realtime('text=abcd'));
    await rude.until(() => rude.types.includes('session.created'));
    rude.terminate();
    await client.until(() => simulator.counts.webSocketsOpen === 0);
    const common = { method: 'GET', path: '/v1/realtime', model: 'demo-realtime', status: 101 };
    expect(simulator.requests).toMatchObject([
      { ...common, outcome: 'answered', aborted: false, body: [{ type: 'custom' }] },
      { ...common, outcome: 'aborted', aborted: true, body: [] },
    ]);
    expect(simulator.counts).toMatchObject({ requests: 2, aborted: 1 });
  });
});
