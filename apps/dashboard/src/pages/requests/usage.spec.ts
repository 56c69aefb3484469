import { filledBuckets, inputTokensOf, outputTokensOf } from './usage.js';

describe('the tokens of a call', () => {
  it('count every bucket once, on its own side', () => {
    const usage = {
      input_tokens: 1,
      cached_input_tokens: 10,
      cache_write1h_tokens: 100,
      output_tokens: 2,
      reasoning_tokens: 20,
    };
    expect([inputTokensOf(usage), outputTokensOf(usage)]).toEqual([111, 22]);
    expect(filledBuckets(usage).reduce((sum, { tokens }) => sum + tokens, 0)).toBe(133);
  });

  it('name only the buckets that hold anything', () => {
    expect(filledBuckets({ output_tokens: 5, input_tokens: 0 })).toEqual([{ bucket: 'output_tokens', tokens: 5 }]);
    expect(filledBuckets({})).toEqual([]);
  });
});
