import { encodeEmbeddingsRequest } from './encode-request.js';
import { parseEmbeddingsRequest } from './decode-embeddings-request.js';

const LIMITS = { modelLengthMax: 256, inputsMax: 3 };
const parse = (input: unknown) => parseEmbeddingsRequest(Buffer.from(JSON.stringify({ model: 'm', input })), LIMITS);

function refusal(input: unknown): string {
  try {
    parse(input);
  } catch (error) {
    const { code, param } = error as { code: string; param: string | null };
    return `${code} ${param}`;
  }
  return 'accepted';
}

describe('parseEmbeddingsRequest', () => {
  it('[GW-005] reads every form of input', () => {
    expect(parse('text').input).toEqual({ count: 1, textBytes: 4, tokens: 0 });
    expect(parse(['ab', 'c']).input).toEqual({ count: 2, textBytes: 3, tokens: 0 });
    expect(parse([1, 2, 3]).input).toEqual({ count: 1, textBytes: 0, tokens: 3 });
    expect(parse([[1, 2], [3]]).input).toEqual({ count: 2, textBytes: 0, tokens: 3 });
  });

  it('refuses what is missing, by name', () => {
    for (const input of [undefined, null, []]) expect(refusal(input)).toBe('missing_required_parameter input');
    expect(refusal('')).toBe('missing_required_parameter input');
    expect(refusal(['a', ''])).toBe('missing_required_parameter input[1]');
    expect(refusal([[1], []])).toBe('missing_required_parameter input[1]');
  });

  it('refuses mixtures, other types and too many inputs', () => {
    for (const input of [{}, 5, [1, 'a'], ['a', 1], ['a', [1]], [[1], 'a'], [1.5], [-1], [[null]], [{}], [1, [2]]]) {
      expect(refusal(input)).toBe('invalid_parameter input');
    }
    expect(refusal(['a', 'b', 'c'])).toBe('accepted');
    expect(refusal(['a', 'b', 'c', 'd'])).toBe('invalid_parameter input');
  });
});

describe('encodeEmbeddingsRequest', () => {
  it('names the model as the provider does and leaves every other byte', () => {
    const body = Buffer.from('{"input":["a", "b"], "model": "m"}');
    const request = parseEmbeddingsRequest(body, LIMITS);
    expect(encodeEmbeddingsRequest(request, { model: 'm2' }).toString()).toBe('{"input":["a", "b"], "model": "m2"}');
    expect(encodeEmbeddingsRequest(request, { model: 'm' })).toBe(body);
  });
});
