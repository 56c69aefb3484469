import {
  FunctionCallingConfigMode,
  GoogleGenAI,
  type GenerateContentConfig,
  type GenerateContentResponse,
} from '@google/genai';
import { startSimulator, type Simulator } from './index.js';

let simulator: Simulator;
let client: GoogleGenAI;
const contents = 'Why is the sky blue?';
const tools = [
  {
    functionDeclarations: [
      { name: 'weather', parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } } } },
      { name: 'clock' },
    ],
  },
];

beforeAll(async () => {
  simulator = await startSimulator();
  client = new GoogleGenAI({
    apiKey: 'key',
    // With a fetch of its own the client leaves alone Node's dispatcher, which a test's global object does not have.
    httpOptions: {
      baseUrl: simulator.url,
      timeout: 20_000,
      retryOptions: { attempts: 1 },
      fetch: (...given) => fetch(...given),
    },
  });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

/** The behaviour goes in a header: a client may refuse a `?` in the name of a model. */
const ask = (directives = '', config: GenerateContentConfig = {}) => ({
  model: 'demo-chat',
  contents,
  config: { ...config, httpOptions: { headers: { 'x-simulate': directives } } },
});

async function streamed(directives: string, config: GenerateContentConfig = {}): Promise<GenerateContentResponse[]> {
  const chunks: GenerateContentResponse[] = [];
  for await (const chunk of await client.models.generateContentStream(ask(directives, config))) chunks.push(chunk);
  return chunks;
}

const partsOf = (chunks: readonly GenerateContentResponse[]) =>
  chunks.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);

/** The parts of a plain answer, and those of a stream with their texts joined. */
async function both(directives: string, config: GenerateContentConfig = {}) {
  const plain = await client.models.generateContent(ask(directives, config));
  simulator.reset();
  const chunks = await streamed(directives, config);
  return [plain, chunks.at(-1)!, chunks] as const;
}

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(simulator.url + path, {
    method: 'POST',
    headers: { 'x-goog-api-key': 'k', ...headers },
    body: JSON.stringify(body),
  });
}
const body = { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] };
const generate = '/v1beta/models/demo-chat:generateContent';
const stream = '/v1beta/models/demo-chat:streamGenerateContent';

describe('generations through the official client', () => {
  it('answer with the demo text, plain and streamed alike', async () => {
    const [plain, , chunks] = await both('');
    expect(plain.text).toContain('Why is the sky blue?');
    expect(plain).toMatchObject({ modelVersion: 'demo-chat', candidates: [{ finishReason: 'STOP' }] });
    expect(chunks.length).toBeGreaterThan(10);
    expect(chunks.map(({ text }) => text ?? '').join('')).toBe(plain.text);
  });

  it('report exactly the set figures, thoughts beside the candidates, in the last chunk of a stream', async () => {
    const [plain, last, chunks] = await both(
      'input_tokens=1000&cached_tokens=400&output_tokens=12&reasoning_tokens=2&text=hello',
    );
    for (const { usageMetadata } of [plain, last]) {
      expect(usageMetadata).toMatchObject({
        promptTokenCount: 1000,
        cachedContentTokenCount: 400,
        candidatesTokenCount: 10,
        thoughtsTokenCount: 2,
        totalTokenCount: 1012,
      });
    }
    expect(chunks[0]!.usageMetadata).toMatchObject({ promptTokenCount: 1000, totalTokenCount: 1000 });
  });

  it('call several functions after a text', async () => {
    const [plain, , chunks] = await both('tool_calls=3&text=Look.', { tools });
    for (const { functionCalls } of [plain]) {
      expect(functionCalls).toMatchObject([
        { name: 'weather', args: { city: 'demo' } },
        { name: 'clock', args: {} },
        { name: 'weather', args: { city: 'demo' } },
      ]);
      expect(new Set(functionCalls!.map(({ id }) => id)).size).toBe(3);
    }
    const calls = chunks.flatMap(({ functionCalls }) => functionCalls ?? []);
    expect(calls).toEqual(plain.functionCalls);
    expect(
      partsOf(chunks)
        .flatMap(({ text }) => text ?? [])
        .join(''),
    ).toBe('Look.');
  });

  it('obey the mode and the allowed names', async () => {
    const calling = { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ['clock'] };
    const config = { tools, toolConfig: { functionCallingConfig: calling } };
    expect((await client.models.generateContent(ask('', config))).functionCalls).toMatchObject([{ name: 'clock' }]);
  });

  it('think in parts of their own and sign what follows', async () => {
    const [plain, , chunks] = await both('reasoning=First, the light.&text=Rayleigh.');
    const parts = plain.candidates![0]!.content!.parts!;
    expect(parts).toMatchObject([
      { text: 'First, the light.', thought: true },
      { text: 'Rayleigh.', thoughtSignature: expect.stringMatching(/.{20}/) },
    ]);
    const streamedParts = partsOf(chunks);
    const thoughts = streamedParts.filter(({ thought }) => thought).map(({ text }) => text);
    expect(thoughts.length).toBeGreaterThan(1);
    expect(thoughts.join('')).toBe('First, the light.');
    expect(streamedParts.at(-1)!.thoughtSignature).toBe(parts[1]!.thoughtSignature);
    expect(
      (await client.models.generateContent(ask('reasoning=x&redacted_reasoning=1&text=y'))).candidates,
    ).toMatchObject([{ content: { parts: [{ text: 'y', thoughtSignature: expect.any(String) }] } }]);
  });

  it.each([
    ['', { maxOutputTokens: 2 }, 'MAX_TOKENS'],
    ['text=one two', { stopSequences: ['two'] }, 'STOP'],
    ['finish_reason=content_filter', {}, 'SAFETY'],
  ])('tell why they ended: %s %j', async (directives, config, finishReason) => {
    const [plain, last] = await both(directives, config);
    for (const { candidates } of [plain, last]) expect(candidates).toMatchObject([{ finishReason }]);
    if (finishReason === 'SAFETY') expect(plain.candidates![0]!.content).toBeUndefined();
  });

  it('say in an answer, not an error, that a prompt was blocked', async () => {
    const [plain, last] = await both('fault=content_policy');
    for (const answer of [plain, last]) {
      expect(answer.promptFeedback).toEqual({ blockReason: 'PROHIBITED_CONTENT' });
      expect(answer.candidates).toBeUndefined();
    }
  });

  it('give JSON of the schema that was asked for, in the capitals of Google too', async () => {
    const responseSchema = { type: 'OBJECT', properties: { city: { type: 'STRING' } } };
    const generationConfig = { responseMimeType: 'application/json', responseSchema };
    const answer: any = await (await post(generate, { ...body, generationConfig })).json();
    expect(answer.candidates[0].content.parts[0].text).toBe('{"city":"demo"}');
  });
});

describe('the other operations of Gemini', () => {
  it('embed one and several, count, and list', async () => {
    const request = { model: 'demo-embedding', contents: ['one', 'two'], config: { outputDimensionality: 8 } };
    const { embeddings } = await client.models.embedContent(request);
    expect(embeddings!.map(({ values }) => values!.length)).toEqual([8, 8]);
    const single: any = await (
      await post('/v1/models/demo-embedding:embedContent', { content: { parts: [{ text: 'one two' }] } })
    ).json();
    expect(single.embedding.values).toHaveLength(3072);
    expect(single.usageMetadata.promptTokenCount).toBe(2);
    const { totalTokens } = await client.models.countTokens({ model: 'demo-chat', contents });
    expect(totalTokens).toBe((await client.models.generateContent(ask())).usageMetadata!.promptTokenCount);
    expect((await client.models.get({ model: 'any' })).name).toBe('models/any');
    const names = [];
    for await (const model of await client.models.list()) names.push(model.name);
    expect(names).toEqual(['models/demo-chat', 'models/demo-embedding']);
  });

  it('stand under the paths of Vertex AI as well, and take the directives of a name in the path', async () => {
    for (const prefix of ['v1/projects/p/locations/l/publishers/google', 'v1beta1/publishers/google', 'v1']) {
      const path = `/${prefix}/models/${encodeURIComponent('gemini-x#text=hello')}:generateContent`;
      const response = await fetch(simulator.url + path, {
        method: 'POST',
        headers: { authorization: 'Bearer t' },
        body: JSON.stringify(body),
      });
      expect(await response.json()).toMatchObject({
        modelVersion: 'gemini-x',
        candidates: [{ content: { parts: [{ text: 'hello' }] } }],
      });
    }
  });

  it('leave the models of OpenAI to requests without a key of Google', async () => {
    const list = async (headers: Record<string, string>): Promise<unknown> =>
      (await fetch(`${simulator.url}/v1/models`, { headers })).json();
    expect(await list({})).toHaveProperty('object', 'list');
    expect(await list({ 'x-goog-api-key': 'k' })).toHaveProperty('models');
  });
});

describe('the bytes of a stream of Gemini', () => {
  it('are events when asked for, or else one JSON array', async () => {
    const events = await post(`${stream}?alt=sse`, body, { 'x-simulate': 'text=hello' });
    expect(events.headers.get('content-type')).toBe('text/event-stream');
    expect((await events.text()).match(/^data: \{.*\}\r\n\r$/gm)).toHaveLength(3);
    const array = await post(stream, body, { 'x-simulate': 'text=hello' });
    expect(array.headers.get('content-type')).toContain('application/json');
    const chunks: any = await array.json();
    expect(chunks.map(({ candidates }: any) => candidates[0].content.parts[0].text)).toEqual(['hell', 'o', '']);
  });

  it('carry a malformed chunk, an error at the end, or end too soon', async () => {
    const text = async (directives: string, path = `${stream}?alt=sse`): Promise<string> =>
      (await post(path, body, { 'x-simulate': directives })).text();
    const broken = (await text('fault=malformed&text=hello')).split('\r\n\r\n').filter((event) => event !== '');
    const valid = broken.map((event) => {
      try {
        return JSON.parse(event.slice('data: '.length)) !== undefined;
      } catch {
        return false;
      }
    });
    expect(valid).toEqual([true, true, false, true]);
    const failed = (await text('fault=stream_error&after_tokens=1&stream_error_as=503')).split('\r\n\r\n');
    expect(JSON.parse(failed.at(-2)!.slice('data: '.length))).toMatchObject({ error: { status: 'UNAVAILABLE' } });
    expect(JSON.parse(await text('fault=stream_error', stream)).at(-1)).toMatchObject({ error: { code: 500 } });
    await expect(text('fault=cut')).rejects.toThrow('terminated');
    const open = await text('end_marker=0', stream);
    expect(JSON.parse(`${open}]`)).toBeInstanceOf(Array);
  });

  it('can be split through characters', async () => {
    const text = 'Grüße 👋🏽';
    const chunks = await streamed(`split_bytes=1&text=${encodeURIComponent(text)}`);
    expect(chunks.map((chunk) => chunk.text ?? '').join('')).toBe(text);
  });
});

describe('errors of Gemini', () => {
  it.each([
    ['400', 400, 'INVALID_ARGUMENT'],
    ['401', 401, 'UNAUTHENTICATED'],
    ['403', 403, 'PERMISSION_DENIED'],
    ['404', 404, 'NOT_FOUND'],
    ['429', 429, 'RESOURCE_EXHAUSTED'],
    ['insufficient_quota', 429, 'RESOURCE_EXHAUSTED'],
    ['500', 500, 'INTERNAL'],
    ['503', 503, 'UNAVAILABLE'],
    ['504', 504, 'DEADLINE_EXCEEDED'],
  ])('give fault %s as %i %s, in an array where the stream is one', async (fault, code, status) => {
    const error: any = await client.models.generateContent(ask(`fault=${fault}`)).catch((thrown: unknown) => thrown);
    expect(error.status).toBe(code);
    expect(JSON.parse(error.message)).toMatchObject({ error: { code, status } });
    const response = await post(stream, body, { 'x-simulate': `fault=${fault}` });
    expect(response.status).toBe(code);
    expect(await response.json()).toMatchObject([{ error: { code, status } }]);
  });

  it.each([
    ['no contents', {}, 'contents is not specified'],
    ['an unknown role', { contents: [{ role: 'assistant', parts: [{ text: 'x' }] }] }, 'valid role'],
    ['no parts', { contents: [{ role: 'user', parts: [] }] }, 'must not be empty'],
    ['a field of another provider', { ...body, messages: [] }, 'Unknown name "messages"'],
    ['no candidate', { ...body, generationConfig: { candidateCount: 0 } }, 'candidate_count'],
    [
      'a call without its answer',
      {
        contents: [
          ...body.contents,
          { role: 'model', parts: [{ functionCall: { name: 'clock', args: {} } }] },
          { role: 'user', parts: [{ text: 'and?' }] },
        ],
      },
      'function response parts',
    ],
  ])('refuse what the provider would refuse: %s', async (_title, wrong, message) => {
    const response = await post(generate, wrong);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: { code: 400, message: expect.stringContaining(message), status: 'INVALID_ARGUMENT' },
    });
  });

  it('demand a key in the header or the query, or a bearer', async () => {
    const status = async (query: string, headers: Record<string, string> = {}): Promise<number> => {
      const init = { method: 'POST', headers, body: JSON.stringify(body) };
      return (await fetch(simulator.url + generate + query, init)).status;
    };
    expect(await status('')).toBe(403);
    expect(await status('?key=k')).toBe(200);
    expect(await status('', { authorization: 'Bearer t' })).toBe(200);
  });

  it('go on after the answer of a function without calling it again', async () => {
    const conversation = {
      tools: [{ function_declarations: [{ name: 'clock' }] }],
      contents: [
        ...body.contents,
        { role: 'model', parts: [{ functionCall: { name: 'clock', args: {} } }] },
        { role: 'user', parts: [{ functionResponse: { name: 'clock', response: { time: 'noon' } } }] },
      ],
    };
    const answer: any = await (await post(generate, conversation, { 'x-simulate': 'tool=1' })).json();
    expect(answer.candidates[0].content.parts[0].text).toContain('demo answer');
  });
});
