import fc from 'fast-check';
import { picoFromDecimal } from './decimal.js';

describe('decimal prices', () => {
  it.each([
    [2.5e-6, 2_500_000n],
    ['2.5e-06', 2_500_000n],
    [7.5e-8, 75_000n],
    [0.00001, 10_000_000n],
    [1.1e-6, 1_100_000n],
    ['0.000003125', 3_125_000n],
    ['1.9999999999999998e-06', 2_000_000n],
    [0, 0n],
    [1, 1_000_000_000_000n],
    [4e-13, 0n],
    [5e-13, 1n],
  ])('reads %j dollars per token as %i pico-dollars', (value, pico) => {
    expect(picoFromDecimal(value)).toBe(pico);
  });

  it.each([
    -1e-6,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '',
    'free',
    '1,5',
    '1e999',
    '9'.repeat(65),
    1e9,
    null,
    true,
    {},
  ])('refuses %p', (value) => {
    expect(picoFromDecimal(value)).toBeNull();
  });

  it('reads every whole number of pico-dollars back from its dollar float', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), (pico) => {
        expect(picoFromDecimal(Number(`${pico}e-12`))).toBe(BigInt(pico));
      }),
    );
  });
});
