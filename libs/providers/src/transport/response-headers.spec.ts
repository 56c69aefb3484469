import { normaliseHeaders } from './response-headers.js';

describe('normaliseHeaders', () => {
  it('[GW-015] gives ids and rate limits of every provider the same names', () => {
    expect(
      normaliseHeaders({ 'x-request-id': 'a', 'x-ratelimit-limit-requests': '5', 'openai-processing-ms': '7' }),
    ).toEqual({
      'x-ao-provider-request-id': 'a',
      'x-ao-upstream-ratelimit-limit-requests': '5',
      'x-ao-upstream-processing-ms': '7',
    });
    expect(normaliseHeaders({ 'request-id': 'b', 'anthropic-ratelimit-tokens-remaining': '9' })).toEqual({
      'x-ao-provider-request-id': 'b',
      'x-ao-upstream-ratelimit-tokens-remaining': '9',
    });
  });

  it('keeps content type and retry hints and drops everything else', () => {
    const kept = { 'content-type': 'application/json', 'retry-after': '1', 'retry-after-ms': '900' };
    const dropped = {
      'set-cookie': ['a=b'],
      connection: 'keep-alive',
      'transfer-encoding': 'chunked',
      'content-length': '5',
      'content-encoding': 'gzip',
      server: 'cloudflare',
      'openai-organization': 'org-1',
      'my-ratelimit-x': '1',
    };
    expect(normaliseHeaders({ ...kept, ...dropped })).toEqual(kept);
  });

  it('takes the first of several values', () => {
    expect(normaliseHeaders({ 'x-request-id': ['a', 'b'], 'request-id': 'c', 'content-type': undefined })).toEqual({
      'x-ao-provider-request-id': 'a',
    });
  });
});
