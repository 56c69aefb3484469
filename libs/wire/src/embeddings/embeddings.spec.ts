import { usageOf } from '@ao/pricing';
import { isTranslatedEmbeddings, translateEmbeddings, type TranslatedEmbeddings } from './index.js';

const exchangeFor = (format: TranslatedEmbeddings, json: object) =>
  translateEmbeddings(Buffer.from(JSON.stringify({ model: 'asked', input: ['a', 'b'], ...json })), format, 'real');
const sentTo = (format: TranslatedEmbeddings, json: object = {}): unknown =>
  JSON.parse(exchangeFor(format, json).body.toString());
const read = (format: TranslatedEmbeddings, answer: unknown, json: object = {}) =>
  exchangeFor(format, json).readAnswer(Buffer.from(JSON.stringify(answer)));

const VECTORS = [
  [0.5, -1.25],
  [0.25, 2],
];
const ANSWERS: Readonly<Record<TranslatedEmbeddings, object>> = {
  gemini: { embeddings: VECTORS.map((values) => ({ values })), usageMetadata: { promptTokenCount: 7 } },
  cohere: { id: 'e1', embeddings: { float: VECTORS }, texts: ['a', 'b'], meta: { billed_units: { input_tokens: 7 } } },
  ollama: { model: 'real', embeddings: VECTORS, total_duration: 1_000, prompt_eval_count: 7 },
};
const FORMATS = Object.keys(ANSWERS) as TranslatedEmbeddings[];

describe('embeddings for providers with a format of their own', () => {
  it('[GW-005] asks Gemini for a batch', () => {
    const request = (text: string) => ({
      model: 'models/real',
      content: { parts: [{ text }] },
      taskType: 'RETRIEVAL_QUERY',
      outputDimensionality: 256,
    });
    expect(sentTo('gemini', { dimensions: 256, input_type: 'RETRIEVAL_QUERY' })).toEqual({
      requests: [request('a'), request('b')],
    });
  });

  it('[GW-005] asks Cohere for floats, by default of documents', () => {
    const plain = { model: 'real', texts: ['a', 'b'], input_type: 'search_document', embedding_types: ['float'] };
    expect(sentTo('cohere')).toEqual(plain);
    expect(sentTo('cohere', { dimensions: 256, input_type: 'search_query' })).toEqual({
      ...plain,
      input_type: 'search_query',
      output_dimension: 256,
    });
  });

  it('[GW-005] asks Ollama not to cut in silence', () => {
    const expected = { model: 'real', input: ['one'], truncate: false, dimensions: 64 };
    expect(sentTo('ollama', { input: 'one', dimensions: 64 })).toEqual(expected);
  });

  it.each(FORMATS)('[GW-005] tells the vectors and the usage of %s as OpenAI does', (format) => {
    const answer = read(format, ANSWERS[format]);
    expect(answer?.usage).toEqual(usageOf({ inputTokens: 7 }));
    expect(JSON.parse(answer!.body.toString())).toEqual({
      object: 'list',
      data: VECTORS.map((embedding, index) => ({ object: 'embedding', index, embedding })),
      model: 'asked',
      usage: { prompt_tokens: 7, total_tokens: 7 },
    });
  });

  it.each(FORMATS)('[GW-005] spells the vectors of %s in base64, as little-endian floats', (format) => {
    const { data } = JSON.parse(read(format, ANSWERS[format], { encoding_format: 'base64' })!.body.toString());
    const bytes = Buffer.from(data[0].embedding, 'base64');
    expect([bytes.length, bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([8, 0.5, -1.25]);
  });

  it.each(FORMATS)('takes no answer of %s that lacks a vector, or is none', (format) => {
    expect(read(format, ANSWERS[format], { input: ['a', 'b', 'c'] })).toBeNull();
    expect(read(format, { embeddings: 'none' })).toBeNull();
    expect(exchangeFor(format, {}).readAnswer(Buffer.from('<html>'))).toBeNull();
  });

  it.each(FORMATS)('counts for itself where %s tells no usage', (format) => {
    const {
      usageMetadata: _gemini,
      meta: _cohere,
      prompt_eval_count: _ollama,
      ...silent
    } = ANSWERS[format] as Record<string, unknown>;
    expect(read(format, silent)?.usage).toBeNull();
  });

  it.each<[json: object, code: string, param: string]>([
    [{ input: [1, 2] }, 'unsupported_parameter', 'input'],
    [{ input: [[1], [2]] }, 'unsupported_parameter', 'input'],
    [{ encoding_format: 'int8' }, 'invalid_parameter', 'encoding_format'],
    [{ dimensions: 0 }, 'invalid_parameter', 'dimensions'],
  ])('refuses %j', (json, code, param) => {
    expect(() => exchangeFor('cohere', json)).toThrow(expect.objectContaining({ code, param }));
  });

  it.each(FORMATS)('maps errors of %s, keeping the status', (format) => {
    expect(exchangeFor(format, {}).mapError(429, Buffer.from('{"message":"slow down"}'))).toMatchObject({
      status: 429,
      kind: 'rate_limit',
    });
  });

  it('knows which formats it translates', () => {
    expect(['gemini', 'cohere', 'ollama', 'openai', 'bedrock', 'toString'].map(isTranslatedEmbeddings)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
