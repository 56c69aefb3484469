import { delayAfter, type GatewayAnswer } from './judge-answer.js';

const answer = (status: number, more: Partial<GatewayAnswer> = {}): GatewayAnswer => ({
  status,
  errorCode: null,
  replayed: false,
  retryAfterMs: null,
  ...more,
});

describe('the answer to a line', () => {
  it.each([200, 400, 401, 402, 403, 404, 409, 413])('with the status %i is its outcome', (status) => {
    expect(delayAfter(answer(status), 0)).toBeNull();
  });

  it.each([429, 503])('with the status %i is asked for again however often, each time later', (status) => {
    expect([0, 1, 5, 6, 500].map((attempts) => delayAfter(answer(status), attempts))).toEqual([
      1_000, 2_000, 32_000, 60_000, 60_000,
    ]);
  });

  it('waits as long as the gateway says, within reason', () => {
    expect(delayAfter(answer(429, { retryAfterMs: 90_000 }), 0)).toBe(90_000);
    expect(delayAfter(answer(429, { retryAfterMs: 10 }), 0)).toBe(1_000);
    expect(delayAfter(answer(429, { retryAfterMs: 86_400_000 }), 0)).toBe(600_000);
  });

  it.each([408, 500, 502, 504])('with the status %i is asked for three times in all', (status) => {
    expect([0, 1, 2].map((attempts) => delayAfter(answer(status), attempts))).toEqual([1_000, 2_000, null]);
  });

  it('is its outcome when it is that of an earlier call, which was charged', () => {
    expect(delayAfter(answer(502, { replayed: true }), 0)).toBeNull();
  });

  it('waits for an earlier call that still runs', () => {
    expect(delayAfter(answer(409, { retryAfterMs: 1_000 }), 0)).toBe(1_000);
  });

  it('is its outcome when nobody serves the model', () => {
    expect(delayAfter(answer(503, { errorCode: 'passthrough_not_configured' }), 0)).toBeNull();
  });
});
