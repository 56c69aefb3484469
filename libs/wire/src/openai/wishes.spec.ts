import fc from 'fast-check';
import { forProvider } from './cut-wishes.js';
import { parseChatRequest } from './decode-request.js';
import { encodeChatRequest } from './encode-request.js';
import { readParsedWishes, WISH_FIELDS, type RequestWishes } from './wishes.js';

const LIMITS = { modelLengthMax: 256, messagesMax: null, contentCharactersMax: null };
const CHAT = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] };

const parse = (extra: object) => parseChatRequest(Buffer.from(JSON.stringify({ ...CHAT, ...extra })), LIMITS);
const wishesOf = (extra: object): RequestWishes => {
  const { wishes } = parse(extra);
  // Both ways of reading find the same.
  expect(readParsedWishes({ ...CHAT, ...extra }, CHAT.model)).toEqual(wishes);
  return wishes;
};

describe('what a body asks of the platform', () => {
  it('[BX-008] [RT-014] reads what LiteLLM calls have', () => {
    expect(
      wishesOf({
        num_retries: 3,
        timeout: 1.5,
        stream_timeout: 0.25,
        fallbacks: ['claude', { model: 'gemini' }],
        context_window_fallbacks: [{ 'gpt-4o': ['gpt-4o-long'] }, { other: ['x'] }],
        content_policy_fallbacks: [{ '*': ['claude'] }],
        priority: 2,
        tags: ['a'],
      }),
    ).toEqual({
      retriesMax: 3,
      timeoutMs: 1_500,
      streamTimeoutMs: 250,
      fallbacks: ['claude', 'gemini'],
      contextWindowFallbacks: ['gpt-4o-long'],
      contentPolicyFallbacks: ['claude'],
      priority: 2,
      tags: ['a'],
    });
  });

  it('[BX-008] takes the models of OpenRouter for fallbacks, and tags from litellm_metadata', () => {
    expect(wishesOf({ models: ['gpt-4o', 'claude'] })).toEqual({ fallbacks: ['claude'] });
    expect(wishesOf({ models: ['claude'], fallbacks: ['gemini'] })).toEqual({ fallbacks: ['gemini'] });
    expect(wishesOf({ litellm_metadata: { tags: ['t'] } })).toEqual({ tags: ['t'] });
  });

  it('reads nothing where nothing is asked, and takes null for absent', () => {
    expect(wishesOf({})).toEqual({});
    expect(wishesOf({ timeout: null, fallbacks: null, drop_params: true })).toEqual({});
    expect(wishesOf({ fallbacks: [{ other: ['x'] }] })).toEqual({});
    expect(wishesOf({ fallbacks: [] })).toEqual({ fallbacks: [] });
  });

  it.each([
    [{ num_retries: '3' }, 'num_retries'],
    [{ num_retries: 11 }, 'num_retries'],
    [{ num_retries: 1.5 }, 'num_retries'],
    [{ timeout: '30' }, 'timeout'],
    [{ timeout: 0 }, 'timeout'],
    [{ stream_timeout: 10_000 }, 'stream_timeout'],
    [{ fallbacks: 'claude' }, 'fallbacks'],
    [{ fallbacks: Array.from({ length: 21 }, () => 'x') }, 'fallbacks'],
    [{ fallbacks: ['a', ''] }, 'fallbacks[1]'],
    [{ fallbacks: [{ model: 'a', messages: [] }] }, 'fallbacks[0]'],
    [{ fallbacks: [{ 'gpt-4o': 'a' }] }, 'fallbacks'],
    [{ fallbacks: [{ 'gpt-4o': ['a'] }, 'b'] }, 'fallbacks'],
    [{ context_window_fallbacks: {} }, 'context_window_fallbacks'],
    [{ models: [1] }, 'models'],
    [{ priority: -1 }, 'priority'],
    [{ tags: 'a' }, 'tags'],
    [{ tags: ['x'.repeat(129)] }, 'tags'],
    [{ litellm_metadata: { tags: [1] } }, 'litellm_metadata.tags'],
  ])('[BX-008] refuses %j, naming the field', (extra, param) => {
    expect(() => parse(extra)).toThrow(expect.objectContaining({ code: 'invalid_parameter', param }));
    expect(() => readParsedWishes({ ...CHAT, ...extra }, CHAT.model)).toThrow(expect.objectContaining({ param }));
  });

  it('knows no model by the names that objects have anyway', () => {
    const request = { model: 'constructor', messages: CHAT.messages, fallbacks: [{ a: ['b'] }] };
    expect(readParsedWishes(request, 'constructor')).toEqual({});
  });
});

describe('what a provider hears', () => {
  const known = fc.constantFrom('temperature', 'seed', 'user', 'metadata', 'stop');
  const wished = fc.constantFrom(...WISH_FIELDS);

  it('[BX-008] [GW-027] is every byte of the body but what is for the platform alone', () => {
    const text =
      '{ "fallbacks": ["a"],\n "model":"gpt-4o" , "num_retries" : 3, "temperature":1.0,\t"messages":[{"role":"user","content":"h\\u00e9"}], "timeout":5, "cache":{"ttl":1} }';
    const request = parseChatRequest(Buffer.from(text), LIMITS);
    expect(encodeChatRequest(request, {}).toString()).toBe(
      '{ \n "model":"gpt-4o" ,  "temperature":1.0,\t"messages":[{"role":"user","content":"h\\u00e9"}] }',
    );
  });

  it('[BX-008] has no tags of LiteLLM in its metadata, and keeps all else there', () => {
    const encoded = (metadata: unknown): unknown => JSON.parse(encodeChatRequest(parse({ metadata }), {}).toString());
    expect(encoded({ tags: ['a'], trace: 't' })).toEqual({ ...CHAT, metadata: { trace: 't' } });
    expect(encoded({ trace: 't', tags: ['a'] })).toEqual({ ...CHAT, metadata: { trace: 't' } });
    expect(encoded({ tags: 'a text' })).toEqual({ ...CHAT, metadata: { tags: 'a text' } });
    expect(encoded(null)).toEqual({ ...CHAT, metadata: null });
  });

  it('is the same buffer where nothing is asked of the platform', () => {
    const request = parse({ metadata: { a: 'b' } });
    expect(encodeChatRequest(request, {})).toBe(request.body);
    expect(forProvider(request.body, { ...CHAT, metadata: { a: 'b' } })).toBe(request.body);
  });

  it('is what is left of any body, whichever wishes stand where in it', () => {
    const fields = fc.uniqueArray(fc.tuple(fc.oneof(known, wished), fc.jsonValue()), { selector: ([name]) => name });
    fc.assert(
      fc.property(fields, fc.constantFrom(undefined, 2), (entries, space) => {
        const json = Object.fromEntries([...entries.filter(([name]) => name !== 'metadata'), ...Object.entries(CHAT)]);
        const body = Buffer.from(JSON.stringify(json, null, space));
        const kept = Object.entries(json).filter(([name]) => !WISH_FIELDS.includes(name));
        const expected = { ...Object.fromEntries(kept), model: 'other' };
        expect(JSON.parse(forProvider(body, json, { model: 'other' }).toString())).toEqual(
          JSON.parse(JSON.stringify(expected)),
        );
      }),
    );
  });
});
