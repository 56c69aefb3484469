import { principal as principalContract, principalExample } from '@ao/contracts';
import { usageOf } from '@ao/pricing';
import type { Exchange } from '@ao/wire';
import type { CallEndpoint, InboundCall } from '../call.js';
import { protocolsOf } from '../provider-protocols.js';
import { readRequest } from './read-request.js';
import type { RequestFacts } from './request-facts.js';

const LIMITS = { modelLengthMax: 256, messagesMax: null, contentCharactersMax: null, inputsMax: 3 };

function read(endpoint: CallEndpoint, json: object): RequestFacts {
  const call: InboundCall = {
    callId: 'req_1',
    correlationId: 'mine',
    protocolHeaders: {},
    inPath: null,
    endpoint,
    principal: principalContract.parse(principalExample),
    body: Buffer.from(JSON.stringify({ model: 'm', ...json })),
    ownKey: undefined,
    tags: [],
    featureId: null,
    endUserId: null,
    sessionId: null,
    startedAtMs: 0,
    startedMonotonicMs: 0,
    signal: new AbortController().signal,
  };
  return readRequest(call, LIMITS);
}

function exchangeOf(facts: RequestFacts, kind = 'openai', direct = false): Exchange {
  return facts.exchange({
    protocols: protocolsOf(kind, 'real'),
    model: 'real',
    maxOutputTokens: 10,
    direct,
    labels: { id: 'req_1', model: 'm', nowS: 1 },
  });
}

const usageIn = (facts: RequestFacts, answer: object) =>
  exchangeOf(facts).readAnswer(Buffer.from(JSON.stringify(answer)))?.usage;

const REQUESTS: [endpoint: CallEndpoint, json: object, upstream: string][] = [
  ['/v1/completions', { prompt: 'x' }, 'completions'],
  ['/v1/moderations', { input: 'x' }, 'moderations'],
  ['/v1/rerank', { query: 'q', documents: ['a'] }, 'rerank'],
  ['/v1/images/generations', { prompt: 'a cat' }, 'images/generations'],
  ['/v1/audio/speech', { input: 'Hello', voice: 'alloy' }, 'audio/speech'],
];

describe('requests that are no conversations', () => {
  it.each(REQUESTS)(
    '[GW-027] %s %j goes on as %s with the model renamed, and unchanged to direct OpenAI',
    (endpoint, json, name) => {
      const routed = exchangeOf(read(endpoint, json));
      expect(routed.endpoint).toBe(name);
      expect(JSON.parse(routed.body.toString())).toEqual({ model: 'real', ...json });
      expect(exchangeOf(read(endpoint, json), 'openai', true).body.toString()).toBe(
        JSON.stringify({ model: 'm', ...json }),
      );
    },
  );

  it.each(REQUESTS.slice(1))('refuses %s %j where the provider has no such thing', (endpoint, json) => {
    const facts = read(endpoint, json);
    const noEndpoints = { ...protocolsOf('openai', 'm'), endpoints: new Set<string>() };
    const labels = { id: 'req_1', model: 'm', nowS: 1 };
    expect(() =>
      facts.exchange({ protocols: noEndpoints, model: 'm', maxOutputTokens: 1, direct: false, labels }),
    ).toThrow(expect.objectContaining({ code: 'unsupported_parameter' }));
  });

  it.each<[endpoint: CallEndpoint, json: object, param: string]>([
    ['/v1/moderations', {}, 'input'],
    ['/v1/moderations', { input: [1] }, 'input'],
    ['/v1/moderations', { input: ['a', 'b', 'c', 'd'] }, 'input'],
    ['/v1/rerank', { documents: ['a'] }, 'query'],
    ['/v1/rerank', { query: 'q', documents: [] }, 'documents'],
    ['/v1/images/generations', { prompt: 'x', n: 0 }, 'n'],
    ['/v1/images/generations', { prompt: 'x', n: 11 }, 'n'],
    ['/v1/images/generations', { prompt: 'x', stream: true }, 'stream'],
    ['/v1/images/generations', { prompt: 'x', model: '' }, 'model'],
    ['/v1/audio/speech', { input: '' }, 'input'],
    ['/v1/audio/speech', { input: 'x', speed: 0.1 }, 'speed'],
    ['/v1/audio/speech', { input: 'x', model: undefined }, 'model'],
    ['/v1/completions', { prompt: 'x', model: 'm'.repeat(257) }, 'model'],
  ])('refuses %s %j, naming %s', (endpoint, json, param) => {
    expect(() => read(endpoint, json)).toThrow(expect.objectContaining({ param }));
  });

  it('counts the prompts of completions by their bytes and their tokens', () => {
    const texts = read('/v1/completions', { prompt: ['one two', 'three'], suffix: 'the end' });
    expect(texts.promptTokensBound('m')).toBeGreaterThanOrEqual(19);
    expect(texts.countPrompt('gpt-4o')).toBe(3);
    expect(read('/v1/completions', { prompt: [[1, 2], [3]] }).countPrompt('gpt-4o')).toBe(3);
  });

  it('turns a completion into a conversation where the provider has no such thing', () => {
    const exchange = exchangeOf(read('/v1/completions', { prompt: 'Once upon' }), 'anthropic');
    expect(exchange.endpoint).toBe('messages');
    expect(JSON.parse(exchange.body.toString())).toMatchObject({
      model: 'real',
      // What is paid for.
      max_tokens: 10,
      messages: [{ role: 'user' }],
    });
    const answer = { type: 'message', role: 'assistant', content: [{ type: 'text', text: ' a time' }], model: 'real' };
    const usage = { input_tokens: 3, output_tokens: 2 };
    const told = exchange.readAnswer(Buffer.from(JSON.stringify({ ...answer, stop_reason: 'end_turn', usage })));
    expect(told?.usage).toEqual(usageOf({ inputTokens: 3, outputTokens: 2 }));
    expect(JSON.parse(told!.body.toString())).toMatchObject({
      object: 'text_completion',
      choices: [{ text: ' a time', finish_reason: 'stop' }],
    });
  });

  it('judges by the default model of OpenAI where none is named', () => {
    expect(read('/v1/moderations', { model: undefined, input: 'x' }).model).toBe('omni-moderation-latest');
    const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
    const facts = read('/v1/moderations', { input: [{ type: 'text', text: 'hello' }, picture] });
    expect(facts.promptTokensBound('gpt-4o')).toBeGreaterThan(100);
  });

  it.each<[documents: unknown[], units: number]>([
    [['a'], 1],
    [Array<string>(100).fill('a'), 1],
    [Array<string>(101).fill('a'), 2],
    [[{ text: 'a' }], 1],
    // A long document counts once per 500 tokens, the query with each.
    [Array<string>(100).fill('x'.repeat(1_000)), 3],
  ])('[BX-012] reserves searches for %#', (documents, searchUnits) => {
    expect(read('/v1/rerank', { query: 'q'.repeat(150), documents }).assumedUsage).toEqual({ searchUnits });
  });

  it('reads what Cohere, Jina and Voyage tell of a rerank', () => {
    const facts = read('/v1/rerank', { query: 'q', documents: ['a'] });
    expect(usageIn(facts, { meta: { billed_units: { search_units: 2 } } })).toEqual(usageOf({ searchUnits: 2 }));
    expect(usageIn(facts, { usage: { total_tokens: 7 } })).toEqual(usageOf({ inputTokens: 7 }));
    expect(usageIn(facts, { usage: { prompt_tokens: 5, total_tokens: 5 } })).toEqual(usageOf({ inputTokens: 5 }));
    expect(usageIn(facts, { results: [] })).toBeNull();
    expect(usageIn(facts, [])).toBeUndefined();
  });

  it('reads pictures by their number and their tokens, which are never taken for text', () => {
    const facts = read('/v1/images/generations', { prompt: 'a cat', n: 2 });
    expect(facts).toMatchObject({ choices: 2, assumedUsage: { outputImages: 2 } });
    const usage = { input_tokens: 5, output_tokens: 2_112 };
    expect(usageIn(facts, { data: [{}, {}], usage })).toEqual(
      usageOf({ inputTokens: 5, imageOutputTokens: 2_112, outputImages: 2 }),
    );
    const apart = { ...usage, output_tokens_details: { image_tokens: 2_100, text_tokens: 12 } };
    expect(usageIn(facts, { data: [{}], usage: apart })).toEqual(
      usageOf({ inputTokens: 5, outputTokens: 12, imageOutputTokens: 2_100, outputImages: 1 }),
    );
    expect(usageIn(facts, { data: [{}] })).toBeNull();
  });

  it('counts the characters of a speech exactly, and reserves more sound for a slow one', () => {
    const facts = read('/v1/audio/speech', { input: 'Grüße 👋', voice: 'alloy' });
    expect(facts.assumedUsage.characters).toBe(7);
    const slow = read('/v1/audio/speech', { input: 'Grüße 👋', voice: 'alloy', speed: 0.5 });
    expect(slow.maxOutputTokens).toBe(facts.maxOutputTokens! * 2);
    expect(exchangeOf(facts).isOpaque).toBe(true);
  });
});
