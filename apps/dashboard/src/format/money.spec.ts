import { formatUsd } from '@ao/kernel';
import fc from 'fast-check';
import { shareOf, showNanoUsd, showUsd, splitUsd } from './money.js';

describe('money on the screen', () => {
  it.each([
    ['0', '$0.00'],
    ['12.5', '$12.50'],
    ['0.000123', '$0.000123'],
    ['0.000000001', '$0.000000001'],
    ['1234567.891', '$1,234,567.891'],
    ['999', '$999.00'],
    ['1000', '$1,000.00'],
    ['-0.0123', '−$0.0123'],
    ['9007199254740993.000000001', '$9,007,199,254,740,993.000000001'],
  ])('shows %s as %s', (amount, shown) => expect(showUsd(amount)).toBe(shown));

  it.each(['', 'NaN', '1e3', '1,5', '.5', '5.'])('makes nothing up for %j', (amount) =>
    expect(showUsd(amount)).toBe(amount),
  );

  it('loses no digit of any amount', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (nano) => {
        const digits = showNanoUsd(nano).replace('−', '-').replaceAll(/[$,]/g, '');
        const [whole = '', fraction = ''] = digits.split('.');
        expect(BigInt(whole + fraction.padEnd(9, '0'))).toBe(nano);
      }),
    );
  });

  it('sets the fine digits apart without changing them, and not where they are the amount', () => {
    expect(splitUsd('312.480231417')).toEqual(['$312.48', '0231417']);
    expect(splitUsd('12.5')).toEqual(['$12.50', '']);
    expect(splitUsd('0.000123')).toEqual(['$0.000123', '']);
    expect(splitUsd('unknown')).toEqual(['unknown', '']);
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), (nano) =>
        expect(splitUsd(formatUsd(nano)).join('')).toBe(showNanoUsd(nano)),
      ),
    );
  });
});

describe('a share of a whole', () => {
  it('lies between 0 and 1 and grows with the part', () => {
    const amount = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });
    fc.assert(
      fc.property(amount, amount, amount, (a, b, whole) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        const shares = [shareOf(less, whole), shareOf(more, whole)] as const;
        expect(shares[0]).toBeGreaterThanOrEqual(0);
        expect(shares[1]).toBeLessThanOrEqual(1);
        expect(shares[0]).toBeLessThanOrEqual(shares[1]);
      }),
    );
  });

  it('is nothing of nothing, and full once a limit of 0 is passed', () => {
    expect(shareOf(0n, 0n)).toBe(0);
    expect(shareOf(1n, 0n)).toBe(1);
    expect(shareOf(1n, 4n)).toBe(0.25);
  });
});
