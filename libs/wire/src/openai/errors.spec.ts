import { isOpenAiErrorBody, mapUpstreamError } from './errors.js';

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const openAi = (error: object) =>
  json({ error: { message: 'said', type: 'invalid_request_error', param: null, code: null, ...error } });

describe('isOpenAiErrorBody', () => {
  it('accepts the OpenAI form only', () => {
    expect(isOpenAiErrorBody(openAi({}))).toBe(true);
    for (const body of [{ error: 'x' }, { error: null }, { error: {} }, { message: 'x' }, null, []]) {
      expect(isOpenAiErrorBody(json(body))).toBe(false);
    }
    expect(isOpenAiErrorBody(Buffer.from('<html>'))).toBe(false);
  });
});

describe('mapUpstreamError', () => {
  it('keeps a 4xx and what it says', () => {
    const body = openAi({ param: 'temperature', code: 'unsupported_value' });
    expect(mapUpstreamError(422, body)).toEqual({
      kind: 'invalid_request',
      status: 422,
      retryable: false,
      body: {
        error: { message: 'said', type: 'invalid_request_error', param: 'temperature', code: 'unsupported_value' },
      },
    });
  });

  it.each([
    [400, openAi({ code: 'context_length_exceeded' }), 'context_length'],
    [
      400,
      json({ object: 'error', message: "This model's maximum context length is 4096 tokens.", code: 400 }),
      'context_length',
    ],
    [400, json({ error: { message: 'prompt is too long: 9 tokens > 8 maximum', code: 400 } }), 'context_length'],
    [400, openAi({ code: 'content_policy_violation' }), 'content_policy'],
    [400, openAi({ code: 'content_filter', innererror: { code: 'ResponsibleAIPolicyViolation' } }), 'content_policy'],
    [400, openAi({ message: 'Your request was rejected as a result of our safety system.' }), 'content_policy'],
    [429, openAi({ type: 'tokens', code: 'rate_limit_exceeded' }), 'rate_limit'],
    [429, openAi({ code: 'insufficient_quota' }), 'quota'],
    [401, openAi({ code: 'invalid_api_key' }), 'credentials'],
    [403, openAi({}), 'credentials'],
    [404, openAi({ code: 'model_not_found' }), 'model_not_found'],
    [404, json({ detail: 'Not Found' }), 'model_not_found'],
    [500, openAi({ type: 'server_error' }), 'server'],
    [502, Buffer.from('<html>bad gateway</html>'), 'server'],
  ])('recognises why: %# (%i)', (status, body, kind) => {
    expect(mapUpstreamError(status, body).kind).toBe(kind);
  });

  it('never shows what the provider says about its machines or the key of the gateway', () => {
    const secret = openAi({ message: 'Incorrect API key provided: sk-proj-12345. host 10.0.0.7' });
    for (const status of [401, 403, 500, 503]) {
      const text = JSON.stringify(mapUpstreamError(status, secret).body);
      expect(text).not.toMatch(/sk-proj|10\.0\.0\.7/);
    }
    expect(mapUpstreamError(503, secret)).toMatchObject({ status: 502, retryable: true });
  });

  it('makes the OpenAI schema of any body', () => {
    for (const body of [
      '',
      'plain text',
      '[]',
      'null',
      '{"error":"model \'x\' not found"}',
      '{"detail":"no"}',
      '{"error":{}}',
    ]) {
      const { error } = mapUpstreamError(418, Buffer.from(body)).body;
      expect(error).toEqual({
        message: expect.any(String),
        type: 'invalid_request_error',
        param: null,
        code: 'invalid_parameter',
      });
      expect(error.message).not.toBe('');
    }
  });
});
