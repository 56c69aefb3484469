import { NO_USAGE, usageOf } from '@ao/pricing';
import { encodeCompletionRequest, openAiCompletions, readCompletionRequest } from './index.js';

const bodyOf = (json: object): Buffer => Buffer.from(JSON.stringify({ model: 'm', prompt: 'Once upon', ...json }));
const context = { id: 'req_1', model: 'asked', nowS: 1_800_000_000, includeUsage: true };

describe('legacy completions', () => {
  it.each([
    ['a text', 'one', 1],
    ['an empty text', '', 1],
    ['texts', ['one', 'two'], 2],
    ['tokens', [1, 2, 3], 1],
    ['arrays of tokens', [[1], [2, 3]], 2],
  ])('takes %s as the prompt', (_what, prompt, count) => {
    expect(readCompletionRequest(bodyOf({ prompt })).prompts).toHaveLength(count);
  });

  it.each<[what: string, change: object, code: string, param: string]>([
    ['no prompt', { prompt: null }, 'missing_required_parameter', 'prompt'],
    ['an empty list', { prompt: [] }, 'invalid_parameter', 'prompt'],
    ['negative tokens', { prompt: [-1] }, 'invalid_parameter', 'prompt'],
    ['an object', { prompt: { text: 'x' } }, 'invalid_parameter', 'prompt'],
    ['no model', { model: undefined }, 'missing_required_parameter', 'model'],
    ['too many answers', { n: 129 }, 'invalid_parameter', 'n'],
  ])('refuses %s', (_what, change, code, param) => {
    expect(() => readCompletionRequest(bodyOf(change))).toThrow(expect.objectContaining({ code, param }));
  });

  it('refuses a field that is given twice: the provider might read the other one', () => {
    const body = Buffer.from('{"model":"m","prompt":"x","n":1,"n":100}');
    expect(() => readCompletionRequest(body)).toThrow(expect.objectContaining({ param: 'n' }));
  });

  it('counts every answer that is generated, shown or not', () => {
    expect(readCompletionRequest(bodyOf({ prompt: ['a', 'b'], n: 2, best_of: 5 })).choices).toBe(10);
  });

  it('changes nothing but the model and the wish for usage', () => {
    const request = readCompletionRequest(bodyOf({ stream: true, stream_options: { x: 1 } }));
    expect(JSON.parse(encodeCompletionRequest(request, { model: 'other', asksForUsage: true }).toString())).toEqual({
      model: 'other',
      prompt: 'Once upon',
      stream: true,
      stream_options: { x: 1, include_usage: true },
    });
    expect(encodeCompletionRequest(request, { model: 'm', asksForUsage: false })).toBe(request.body);
  });

  it('becomes a conversation of one message', () => {
    const decoded = openAiCompletions.decodeRequest({
      model: 'm',
      prompt: ['Hello'],
      max_tokens: 5,
      echo: false,
      best_of: 1,
      suffix: '',
    });
    expect(decoded).toMatchObject({
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
      maxOutputTokens: 5,
      inexpressible: [],
    });
  });

  it.each([{ suffix: 'end' }, { echo: true }, { best_of: 2 }, { logprobs: 0 }])('names %j as inexpressible', (wish) => {
    const { inexpressible } = openAiCompletions.decodeRequest({ model: 'm', prompt: 'x', ...wish });
    expect(inexpressible).toEqual(Object.keys(wish));
  });

  it.each([[['a', 'b']], [[1, 2]]])('refuses the prompt %j for a conversation', (prompt) => {
    expect(() => openAiCompletions.decodeRequest({ model: 'm', prompt })).toThrow(
      expect.objectContaining({ code: 'unsupported_parameter', param: 'prompt' }),
    );
  });

  it('answers with a text_completion', () => {
    const answer = openAiCompletions.encodeAnswer(
      {
        id: null,
        model: 'real',
        choices: [
          {
            parts: [
              { type: 'reasoning', text: 'hm', signature: null, redacted: null },
              { type: 'text', text: 'a time' },
            ],
            finishReason: 'length',
            stopSequence: null,
            logprobs: null,
          },
        ],
        usage: usageOf({ inputTokens: 2, outputTokens: 3 }),
        serviceTier: null,
      },
      context,
    );
    expect(JSON.parse(answer)).toMatchObject({
      id: 'cmpl-req_1',
      object: 'text_completion',
      model: 'asked',
      choices: [{ text: 'a time', index: 0, logprobs: null, finish_reason: 'length' }],
      usage: { prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 },
    });
  });

  it('streams chunks, the usage where it is asked for, and one end', () => {
    const encoder = openAiCompletions.createEncoder(context);
    const sent = [
      encoder.encode({ type: 'start', id: null, model: null }),
      encoder.encode({ type: 'text', choice: 0, text: 'a time' }),
      encoder.encode({ type: 'finish', choice: 0, reason: 'stop', stopSequence: null }),
      encoder.close(usageOf({ inputTokens: 2, outputTokens: 3 }), '0.000000001'),
    ].join('');
    const frames = sent
      .trim()
      .split('\n\n')
      .map((frame) => frame.replace('data: ', ''));
    expect(frames.pop()).toBe('[DONE]');
    expect(frames.map((frame) => JSON.parse(frame) as object)).toMatchObject([
      { object: 'text_completion', choices: [{ text: 'a time', index: 0, finish_reason: null }] },
      { choices: [{ text: '', finish_reason: 'stop' }] },
      { choices: [], usage: { total_tokens: 5, cost: 1e-9 } },
    ]);
    const plain = openAiCompletions.createEncoder({ ...context, includeUsage: false });
    expect(plain.close(NO_USAGE, null)).toBe('data: [DONE]\n\n');
  });
});
