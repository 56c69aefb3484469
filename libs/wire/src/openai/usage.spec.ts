import fc from 'fast-check';
import { readCompletion } from './decode-response.js';
import { usageFromBody } from './usage.js';

const usageOf = (value: unknown, space?: number) => usageFromBody(Buffer.from(JSON.stringify(value, null, space)));
const USAGE = { prompt_tokens: 9, total_tokens: 9, prompt_tokens_details: { cached_tokens: 1 } };

describe('usageFromBody', () => {
  it('finds usage wherever it stands, and never that of an inner object', () => {
    const fields = fc.dictionary(fc.constantFrom('usage', 'a', 'b"usage'), fc.jsonValue());
    fc.assert(
      fc.property(fields, fc.constantFrom(undefined, 1), (object, space) => {
        const parsed = JSON.parse(JSON.stringify(object)) as { usage?: unknown };
        expect(usageOf(object, space)).toEqual(parsed.usage ?? null);
      }),
      { numRuns: 500 },
    );
  });

  it('reads the usual places', () => {
    expect(usageOf({ data: [{ embedding: [0.1, -2e-7] }], usage: USAGE })).toEqual(USAGE);
    expect(usageOf({ usage: USAGE, data: [] }, 2)).toEqual(USAGE);
    expect(usageOf({ data: [{ usage: USAGE }] })).toBeNull();
    expect(usageOf({ text: '"usage":{"prompt_tokens":1}' })).toBeNull();
  });

  it('gives null for what is no JSON object', () => {
    for (const text of ['', '[]', '{"usage":{', '<html>"usage"</html>', '{"usage":{"a":"\\x"}}']) {
      expect(usageFromBody(Buffer.from(text))).toBeNull();
    }
  });
});

describe('readCompletion', () => {
  it('gives usage, finish reason and text bytes of a completion', () => {
    const message = { role: 'assistant', content: 'Hello "you"', refusal: null };
    const choices = [{ index: 0, message, logprobs: null, finish_reason: 'length' }];
    const body = Buffer.from(JSON.stringify({ id: 'x', object: 'chat.completion', choices, usage: USAGE }));
    expect(readCompletion(body)).toEqual({ finishReason: 'length', usage: USAGE, serviceTier: null, textBytes: 13 });
  });

  it('[BX-011] gives the service that the provider served it by, wherever it stands', () => {
    const tierOf = (body: object) => readCompletion(Buffer.from(JSON.stringify(body)))?.serviceTier;
    expect(tierOf({ service_tier: 'priority', choices: [], usage: USAGE })).toBe('priority');
    expect(tierOf({ choices: [{ message: { content: '"service_tier":"flex"' } }], service_tier: 'default' })).toBe(
      'default',
    );
    expect(tierOf({ choices: [{ service_tier: 'flex' }], service_tier: null })).toBeNull();
  });

  it('gives null for a body that is cut off', () => {
    expect(readCompletion(Buffer.from('{"choices":[{"message":{"content":"Hel'))).toBeNull();
    expect(readCompletion(Buffer.from(''))).toBeNull();
  });
});
