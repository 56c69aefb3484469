import { readFileSync } from 'node:fs';
import { AppError } from '@ao/kernel';
import { gemini } from './index.js';

const TOO_LONG = readFileSync(new URL('__fixtures__/error.json', import.meta.url));
const google = (code: number, status: string, message: string, details: object[] = []) =>
  Buffer.from(JSON.stringify({ error: { code, message, status, details } }));

describe('errors of Gemini', () => {
  it('[PR-004] tell a prompt that is too long, alone and in the list that Vertex AI sends', () => {
    const listed = Buffer.from(`[${TOO_LONG.toString()}]`);
    for (const body of [TOO_LONG, listed]) {
      expect(gemini.mapError(400, body)).toMatchObject({
        kind: 'context_length',
        status: 400,
        body: { error: { code: 'context_length_exceeded', param: 'contents' } },
        retryable: false,
      });
    }
  });

  it('[PR-004] map to what routing must tell apart', () => {
    const key = google(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
      { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' },
    ]);
    const kind = (status: number, body: Buffer) => gemini.mapError(status, body).kind;
    expect(gemini.mapError(400, key)).toMatchObject({ kind: 'credentials', status: 401, retryable: true });
    expect(JSON.stringify(gemini.mapError(400, key).body)).not.toContain('API key not valid');
    expect(kind(400, google(400, 'FAILED_PRECONDITION', 'User location is not supported.'))).toBe('credentials');
    expect(kind(400, google(400, 'INVALID_ARGUMENT', 'The prompt was blocked due to safety.'))).toBe('content_policy');
    expect(kind(400, google(400, 'INVALID_ARGUMENT', 'Invalid value at safety_settings[0].'))).toBe('invalid_request');
    expect(kind(403, google(403, 'PERMISSION_DENIED', 'Denied.'))).toBe('credentials');
    expect(kind(404, google(404, 'NOT_FOUND', 'models/x is not found'))).toBe('model_not_found');
    expect(kind(429, google(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.'))).toBe('rate_limit');
    expect(gemini.mapError(503, google(503, 'UNAVAILABLE', 'Overloaded at machine-7'))).toMatchObject({
      kind: 'server',
      status: 502,
      body: { error: { code: 'upstream_error', message: expect.not.stringContaining('machine-7') } },
    });
    expect(kind(502, Buffer.from('<html>'))).toBe('server');
    expect(kind(400, Buffer.from('[]'))).toBe('invalid_request');
  });

  it("[BX-004] speak Google's words, with our code within reach", () => {
    const encode = (status: number, error: AppError) => JSON.parse(gemini.encodeError(status, error.toBody()));
    const low = new AppError('wallet_exhausted', 'Top up.', { param: 'model', details: { shortfall_usd: '0.25' } });
    expect(encode(402, low)).toEqual({
      error: {
        code: 402,
        message: 'Top up.',
        status: 'FAILED_PRECONDITION',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: 'WALLET_EXHAUSTED',
            domain: 'ai-orchestrator',
            metadata: { type: 'insufficient_quota', param: 'model', code: 'wallet_exhausted', shortfall_usd: '0.25' },
          },
        ],
      },
    });
    const word = (status: number) => encode(status, new AppError('internal_error', 'x')).error.status;
    expect([400, 401, 403, 404, 413, 429, 500, 502, 503, 504].map(word)).toEqual([
      'INVALID_ARGUMENT',
      'UNAUTHENTICATED',
      'PERMISSION_DENIED',
      'NOT_FOUND',
      'INVALID_ARGUMENT',
      'RESOURCE_EXHAUSTED',
      'INTERNAL',
      'UNAVAILABLE',
      'UNAVAILABLE',
      'DEADLINE_EXCEEDED',
    ]);
  });
});
