import OpenAI, { BadRequestError, RateLimitError, toFile } from 'openai';
import { startSimulator, type Simulator } from './index.js';

let simulator: Simulator;
let client: OpenAI;
beforeAll(async () => {
  simulator = await startSimulator();
  client = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: 'sk-test', maxRetries: 0, timeout: 5000 });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const image = () => toFile(Buffer.from('not really a picture'), 'cat.png', { type: 'image/png' });
const recording = (seconds = 2) => toFile(Buffer.alloc(16_000 * seconds), 'talk.mp3', { type: 'audio/mpeg' });

describe('images through the official client', () => {
  it('are bytes with their usage, or URLs that work, as the model has it', async () => {
    const made = await client.images.generate({ model: 'gpt-image-1', prompt: 'A cat', n: 2, size: '1024x1024' });
    expect(made.data).toHaveLength(2);
    expect(Buffer.from(made.data![0]!.b64_json!, 'base64').subarray(0, 8)).toEqual(PNG_SIGNATURE);
    expect(made).toMatchObject({
      size: '1024x1024',
      usage: {
        input_tokens: 2,
        input_tokens_details: { text_tokens: 2, image_tokens: 0 },
        output_tokens: 2112,
        total_tokens: 2114,
      },
    });
    const older = await client.images.generate({ model: 'dall-e-3', prompt: 'A cat' });
    expect(older.usage).toBeUndefined();
    const fetched = await fetch(older.data![0]!.url!);
    expect(Buffer.from(await fetched.arrayBuffer()).subarray(0, 8)).toEqual(PNG_SIGNATURE);
  });

  it('are edited and varied from uploaded files, which count as input', async () => {
    const model = 'gpt-image-1?output_tokens=500';
    const edited = await client.images.edit({ model, prompt: 'A hat', image: [await image(), await image()] });
    expect(edited.usage).toMatchObject({
      input_tokens_details: { text_tokens: 2, image_tokens: 646 },
      output_tokens: 500,
    });
    expect(simulator.requests[0]).toMatchObject({ model: 'gpt-image-1', body: { prompt: 'A hat' } });
    expect(JSON.parse(JSON.stringify(simulator.requests[0]!.body))).toMatchObject({
      image: [
        { file_name: 'cat.png', content_type: 'image/png', bytes: 20 },
        { file_name: 'cat.png', content_type: 'image/png', bytes: 20 },
      ],
    });
    const varied = await client.images.createVariation({ image: await image(), n: 2, response_format: 'b64_json' });
    expect(varied.data?.map((item) => typeof item.b64_json)).toEqual(['string', 'string']);
  });

  it('come as a stream with parts on their way', async () => {
    const types = [];
    const stream = await client.images.generate({
      model: 'gpt-image-1',
      prompt: 'A cat',
      stream: true,
      partial_images: 2,
    });
    for await (const event of stream) types.push(event.type);
    expect(types).toEqual([
      'image_generation.partial_image',
      'image_generation.partial_image',
      'image_generation.completed',
    ]);
  });

  it('are refused without a prompt or a file, and by a fault', async () => {
    const refused = client.images.generate({ model: 'gpt-image-1' } as never);
    await expect(refused).rejects.toMatchObject({ status: 400, param: 'prompt' });
    const form = { model: 'gpt-image-1', prompt: 'A hat', image: 'no file' } as never;
    await expect(client.images.edit(form)).rejects.toBeInstanceOf(BadRequestError);
    const struck = client.images.edit({ model: 'gpt-image-1?fault=429', prompt: 'A hat', image: await image() });
    await expect(struck).rejects.toBeInstanceOf(RateLimitError);
  });
});

describe('speech through the official client', () => {
  const speech = { model: 'gpt-4o-mini-tts', voice: 'alloy', input: '12345678' } as const;

  it('is sound, whole or in pieces, of the asked format', async () => {
    const wav = await client.audio.speech.create({ ...speech, response_format: 'wav' });
    expect(wav.headers.get('content-type')).toBe('audio/wav');
    const bytes = Buffer.from(await wav.arrayBuffer());
    expect(wav.headers.get('content-length')).toBe(String(bytes.length));
    expect([bytes.toString('latin1', 0, 4), bytes.readUInt32LE(40)]).toEqual(['RIFF', bytes.length - 44]);
    const pieces = await client.audio.speech.create({ ...speech, stream_format: 'audio' });
    expect(pieces.headers.get('content-type')).toBe('audio/mpeg');
    expect(pieces.headers.get('content-length')).toBeNull();
    expect(Buffer.from(await pieces.arrayBuffer()).subarray(0, 2)).toEqual(Buffer.from([0xff, 0xfb]));
  });

  it('comes as events with its usage', async () => {
    const response = await client.audio.speech.create({ ...speech, stream_format: 'sse' });
    const frames = (await response.text()).trimEnd().split('\n\n');
    expect(frames).toHaveLength(3);
    expect(frames.at(-1)).toContain('"usage":{"input_tokens":2,"output_tokens":2,"total_tokens":4}');
  });

  it('is cut in the middle and refused without a voice', async () => {
    const cut = await client.audio.speech.create({ ...speech, model: 'tts-1?fault=cut', stream_format: 'audio' });
    await expect(cut.arrayBuffer()).rejects.toThrow('terminated');
    await expect(client.audio.speech.create({ ...speech, voice: undefined } as never)).rejects.toMatchObject({
      param: 'voice',
    });
  });
});

describe('transcriptions through the official client', () => {
  it('are text with the usage of their model, by token or by second', async () => {
    const tokens = await client.audio.transcriptions.create({
      model: 'gpt-4o-transcribe?text=Hello',
      file: await recording(),
    });
    expect(tokens).toEqual({
      text: 'Hello',
      usage: {
        type: 'tokens',
        input_tokens: 20,
        input_token_details: { text_tokens: 0, audio_tokens: 20 },
        output_tokens: 2,
        total_tokens: 22,
      },
    });
    const seconds = await client.audio.transcriptions.create({ model: 'whisper-1', file: await recording(3) });
    expect(seconds.usage).toEqual({ type: 'duration', seconds: 3 });
  });

  it('come in every format and as a stream', async () => {
    const ask = async (response_format: 'text' | 'srt' | 'vtt') =>
      client.audio.transcriptions.create({ model: 'whisper-1?text=Hello', file: await recording(), response_format });
    expect(await ask('text')).toBe('Hello\n');
    expect(await ask('srt')).toContain('00:00:00,000 --> 00:00:02,000\nHello');
    expect(await ask('vtt')).toMatch(/^WEBVTT/);
    const verbose = await client.audio.translations.create({
      model: 'whisper-1?text=Hello',
      file: await recording(),
      response_format: 'verbose_json',
    });
    expect(verbose).toMatchObject({
      task: 'translate',
      duration: 2,
      language: 'english',
      segments: [{ text: 'Hello' }],
    });
    const stream = await client.audio.transcriptions.create({
      model: 'gpt-4o-transcribe?text=abcdefgh',
      file: await recording(),
      stream: true,
    });
    const events = [];
    for await (const event of stream) events.push(event);
    expect(events).toMatchObject([
      { type: 'transcript.text.delta', delta: 'abcd' },
      { type: 'transcript.text.delta', delta: 'efgh' },
      { type: 'transcript.text.done', text: 'abcdefgh', usage: { total_tokens: 22 } },
    ]);
  });

  it('are refused without a file, and when the form is broken', async () => {
    const post = (body: string, contentType: string) =>
      fetch(`${simulator.url}/v1/audio/transcriptions`, {
        method: 'POST',
        body,
        headers: { 'content-type': contentType },
      });
    const without = await post(JSON.stringify({ model: 'whisper-1' }), 'application/json');
    expect([without.status, await without.json()]).toMatchObject([400, { error: { param: 'file' } }]);
    const broken = await post('--x\r\nno end', 'multipart/form-data; boundary=x');
    expect([broken.status, await broken.json()]).toMatchObject([400, { error: { type: 'invalid_request_error' } }]);
  });
});

describe('moderations and reranking', () => {
  it('flag what names a category', async () => {
    const { results } = await client.moderations.create({ input: ['I like cats', 'Praise of violence'] });
    expect(results.map((result) => result.flagged)).toEqual([false, true]);
    expect(results[1]).toMatchObject({ categories: { violence: true, hate: false } });
    expect(results[1]!.category_scores.violence).toBeGreaterThan(0.9);
    const parts = await client.moderations.create({ input: [{ type: 'text', text: 'I like cats' }] });
    expect(parts.results).toHaveLength(1);
  });

  it('rank the document with the words of the query first', async () => {
    const body = {
      model: 'demo-rerank',
      query: 'reset a password',
      documents: ['Weather', 'How to reset a password'],
      top_n: 1,
    };
    const ranked = await client.post<Record<string, unknown>>('/rerank', { body });
    expect(ranked).toMatchObject({
      model: 'demo-rerank',
      results: [{ index: 1, document: { text: 'How to reset a password' } }],
      usage: { total_tokens: 12 },
    });
    await expect(client.post('/rerank', { body: { model: 'm', query: 'q' } })).rejects.toMatchObject({
      param: 'documents',
    });
  });
});
