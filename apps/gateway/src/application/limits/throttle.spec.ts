import fc from 'fast-check';
import { spareOf, throttleDelayMs } from './throttle.js';

const options = { delayFromPercent: 80, shedFromPercent: 95, delayMsMax: 1_500 };

describe('throttling in proportion', () => {
  it('[RL-007] slows low priority down at 90%, and nobody else', () => {
    expect(throttleDelayMs('low', 0.9, options, 0)).toBe(1_000);
    expect(throttleDelayMs('low', 0.9, options, 1)).toBe(500);
    expect(throttleDelayMs('normal', 0.9, options, 0)).toBe(0);
    expect(throttleDelayMs('high', 0.9, options, 0)).toBe(0);
    expect(throttleDelayMs('low', 0.79, options, 0)).toBe(0);
  });

  it('[RL-007] keeps the last part of a limit from low priority alone', () => {
    expect(spareOf('low', 100, options)).toBe(5);
    expect(spareOf('normal', 100, options)).toBe(0);
    expect(spareOf('high', 100, options)).toBe(0);
    expect(spareOf('low', 1, options)).toBe(0);
  });

  it('waits longer the less there is, and never beyond the most', () => {
    const use = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(use, use, use, (one, other, random) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        const delays = [less, more].map((utilisation) => throttleDelayMs('low', utilisation, options, random));
        expect(delays[0]).toBeLessThanOrEqual(delays[1]!);
        expect(delays[1]).toBeLessThanOrEqual(options.delayMsMax);
      }),
    );
  });

  it('leaves low priority a part of every limit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 1, max: 100 }),
        (limit, shedFromPercent) => {
          expect(spareOf('low', limit, { ...options, shedFromPercent })).toBeLessThan(limit);
        },
      ),
    );
  });
});
