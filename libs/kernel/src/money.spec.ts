import {
  ceilToNanoUsd,
  formatUsd,
  formatUsdPerMillionTokens,
  parseUsd,
  parseUsdPerMillionTokens,
  roundToNanoUsd,
} from './money.js';

describe('money', () => {
  it.each([
    ['0', 0n],
    ['12.5', 12_500_000_000n],
    ['-0.000000001', -1n],
    ['999999999999', 999_999_999_999_000_000_000n],
  ])('reads %s dollars exactly and writes them back', (text, nano) => {
    expect(parseUsd(text)).toBe(nano);
    expect(formatUsd(nano)).toBe(text);
  });

  it.each(['', '1e3', '.5', '1.', '0.0000000001', '1,5', 'NaN'])('refuses %j instead of guessing', (text) => {
    expect(() => parseUsd(text)).toThrow(RangeError);
  });

  it('reads a price per million tokens as pico-dollars per token', () => {
    expect(parseUsdPerMillionTokens('2.50')).toBe(2_500_000n);
    expect(formatUsdPerMillionTokens(parseUsdPerMillionTokens('0.075'))).toBe('0.075');
  });

  it('rounds half to even, once', () => {
    expect([500n, 1_500n, 2_500n, 2_501n, -500n, -1_500n].map(roundToNanoUsd)).toEqual([0n, 2n, 2n, 3n, 0n, -2n]);
  });

  it('rounds an estimate up', () => {
    expect([0n, 1n, 1_000n, 1_001n].map(ceilToNanoUsd)).toEqual([0n, 1n, 1n, 2n]);
  });
});
