import { nanoUsd } from '@ao/kernel';
import { LeaseSizes } from './lease-size.js';

const NOW_MS = 1_000_000;

describe('the size of leases', () => {
  it('begins with a few calls', () => {
    expect(new LeaseSizes().next('w', nanoUsd(10n), NOW_MS)).toBe(200n);
  });

  it.each([
    ['as before when the last one lasted two seconds', 2_000, 10_000n],
    ['more when it went in half the time', 1_000, 20_000n],
    ['less when it lasted longer', 4_000, 5_000n],
    ['not more than eight times as much, however fast it went', 0, 80_000n],
    ['a few calls at least, however slowly it went', 3_600_000, 200n],
  ])('asks for %s', (_case, lastedMs, expected) => {
    const sizes = new LeaseSizes();
    sizes.granted('w', nanoUsd(10_000n), NOW_MS);
    expect(sizes.next('w', nanoUsd(10n), NOW_MS + lastedMs)).toBe(expected);
    expect(sizes.next('other', nanoUsd(10n), NOW_MS + lastedMs)).toBe(200n);
  });
});
