import { principal as principalContract, principalExample } from '@ao/contracts';
import { usageOf } from '@ao/pricing';
import type { CallEndpoint } from '../call.js';
import { protocolsOf } from '../provider-protocols.js';
import { readRequest } from './read-request.js';
import type { RequestFacts } from './request-facts.js';

const LIMITS = { modelLengthMax: 256, messagesMax: null, contentCharactersMax: null, inputsMax: null };
type Part = [name: string, content: string, filename?: string];

function formOf(parts: Part[]): Buffer {
  const written = parts.map(([name, content, filename]) => {
    const file = filename === undefined ? '' : `; filename="${filename}"`;
    return `--xyz\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${content}\r\n`;
  });
  return Buffer.from(`${written.join('')}--xyz--\r\n`, 'latin1');
}

function read(endpoint: CallEndpoint, body: Buffer, formType = 'multipart/form-data; boundary=xyz'): RequestFacts {
  return readRequest(
    {
      callId: 'req_1',
      correlationId: 'mine',
      protocolHeaders: {},
      inPath: null,
      endpoint,
      principal: principalContract.parse(principalExample),
      body,
      formType,
      ownKey: undefined,
      tags: [],
      featureId: null,
      endUserId: null,
      sessionId: null,
      startedAtMs: 0,
      startedMonotonicMs: 0,
      signal: new AbortController().signal,
    },
    LIMITS,
  );
}

const exchangeOf = (facts: RequestFacts, model = 'real') =>
  facts.exchange({
    protocols: protocolsOf('openai', 'm'),
    model,
    maxOutputTokens: 10,
    direct: false,
    labels: { id: 'req_1', model: 'm', nowS: 1 },
  });

/** One second of silence, 8,000 samples of 16 bits. */
function wav(): string {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8_000, 24);
  header.writeUInt32LE(16_000, 28);
  header.writeUInt16LE(16, 34);
  return Buffer.concat([header, Buffer.alloc(16_000 - 44)]).toString('latin1');
}

const SPEECH: Part[] = [
  ['model', 'm'],
  ['file', '\xff\xfb'.repeat(3_000), 'a.mp3'],
];
const PICTURE: Part[] = [
  ['model', 'm'],
  ['image[]', '\x89PNG', 'a.png'],
  ['image[]', '\x89PNG', 'b.png'],
  ['prompt', 'a cat'],
  ['n', '2'],
];

describe('requests that come as forms', () => {
  it('goes on byte for byte but for the name of the model', () => {
    const body = formOf(SPEECH);
    const facts = read('/v1/audio/transcriptions', body, 'multipart/form-data; boundary="xyz"');
    const changed = formOf([['model', 'real'], ...SPEECH.slice(1)]);
    expect(exchangeOf(facts)).toMatchObject({
      endpoint: 'audio/transcriptions',
      contentType: 'multipart/form-data; boundary=xyz',
      body: changed,
    });
    expect(exchangeOf(facts, 'm').body).toBe(body);
  });

  it('[BX-012] reserves for the longest sound that a file can hold, and assumes a common one', () => {
    const facts = read('/v1/audio/translations', formOf(SPEECH));
    expect(facts.unitsMax).toEqual({ inputSeconds: 8 });
    expect(facts.assumedUsage).toEqual({ inputSeconds: 2 });
    const exact = read(
      '/v1/audio/transcriptions',
      formOf([
        ['model', 'm'],
        ['file', wav(), 'a.wav'],
      ]),
    );
    expect([exact.unitsMax, exact.assumedUsage]).toEqual([{ inputSeconds: 1 }, { inputSeconds: 1 }]);
  });

  it('does not believe a WAV that says it is shorter than its samples', () => {
    const lying = Buffer.from(wav(), 'latin1');
    lying.writeUInt32LE(900_000, 28);
    const facts = read(
      '/v1/audio/transcriptions',
      formOf([
        ['model', 'm'],
        ['file', lying.toString('latin1'), 'a.wav'],
      ]),
    );
    expect(facts.unitsMax).toEqual({ inputSeconds: 22 });
  });

  it.each([
    ['seconds', { text: 'x', usage: { type: 'duration', seconds: 2.2 } }, usageOf({ inputSeconds: 3 })],
    ['a duration', { text: 'x', duration: 8.47, segments: [] }, usageOf({ inputSeconds: 9 })],
    [
      'tokens',
      {
        text: 'x',
        usage: { type: 'tokens', input_tokens: 14, output_tokens: 3, input_token_details: { audio_tokens: 14 } },
      },
      usageOf({ audioInputTokens: 14, outputTokens: 3 }),
    ],
    ['nothing', { text: 'x' }, null],
  ])('reads %s in a transcript', (_what, answer, usage) => {
    const whole = exchangeOf(read('/v1/audio/transcriptions', formOf(SPEECH))).readAnswer(
      Buffer.from(JSON.stringify(answer)),
      'application/json',
    );
    expect(whole).toMatchObject({ usage });
    expect(whole?.text()).toBe('x');
  });

  it('hands subtitles on with their content type, and nothing that is neither', () => {
    const exchange = exchangeOf(read('/v1/audio/transcriptions', formOf(SPEECH)));
    const subtitles = Buffer.from('WEBVTT\n\n00:00.000 --> 00:01.000\nHello');
    expect(exchange.readAnswer(subtitles, 'text/vtt; charset=utf-8')).toMatchObject({
      body: subtitles,
      contentType: 'text/vtt; charset=utf-8',
      usage: null,
    });
    expect(exchange.readAnswer(Buffer.from('<html>'), 'text/html')).toBeNull();
  });

  it('counts the pictures of an edit, those sent and those wanted', () => {
    const facts = read('/v1/images/edits', formOf(PICTURE));
    expect(facts).toMatchObject({ choices: 2, unitsMax: { inputImages: 2, outputImages: 2 } });
    expect(facts.promptTokensBound('gpt-4o')).toBeGreaterThan(100);
    const variations = read(
      '/v1/images/variations',
      formOf([
        ['model', 'm'],
        ['image', 'x', 'a.png'],
      ]),
    );
    expect(exchangeOf(variations).endpoint).toBe('images/variations');
  });

  it.each<[what: string, endpoint: CallEndpoint, parts: Part[], code: string, param: string]>([
    ['no model', '/v1/audio/transcriptions', SPEECH.slice(1), 'missing_required_parameter', 'model'],
    ['two models', '/v1/audio/transcriptions', [['model', 'n'], ...SPEECH], 'invalid_parameter', 'model'],
    ['a model as a file', '/v1/audio/transcriptions', [['model', 'm', 'm.txt']], 'invalid_parameter', 'model'],
    ['a long model', '/v1/audio/transcriptions', [['model', 'm'.repeat(257)]], 'invalid_parameter', 'model'],
    ['no file', '/v1/audio/transcriptions', SPEECH.slice(0, 1), 'missing_required_parameter', 'file'],
    ['a stream', '/v1/audio/transcriptions', [...SPEECH, ['stream', 'true']], 'unsupported_parameter', 'stream'],
    ['too many pictures', '/v1/images/edits', [...PICTURE.slice(0, 4), ['n', '11']], 'invalid_parameter', 'n'],
    ['a number in words', '/v1/images/edits', [...PICTURE.slice(0, 4), ['n', 'two']], 'invalid_parameter', 'n'],
    ['no prompt', '/v1/images/edits', PICTURE.slice(0, 3), 'missing_required_parameter', 'prompt'],
  ])('[GW-020] refuses %s', (_what, endpoint, parts, code, param) => {
    expect(() => read(endpoint, formOf(parts))).toThrow(expect.objectContaining({ code, param }));
  });

  it('[GW-020] refuses a form that is cut off, or that is none', () => {
    const invalid = expect.objectContaining({ code: 'invalid_parameter', param: 'body' });
    expect(() => read('/v1/audio/transcriptions', formOf(SPEECH).subarray(0, 500))).toThrow(invalid);
    expect(() => read('/v1/audio/transcriptions', formOf(SPEECH), 'application/json')).toThrow(invalid);
  });
});
