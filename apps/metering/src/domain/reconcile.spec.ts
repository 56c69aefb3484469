import { nanoUsd, parseUsd } from '@ao/kernel';
import fc from 'fast-check';
import { reconcile } from './reconcile.js';

const amounts = (of: Record<string, string>) =>
  new Map(Object.entries(of).map(([model, usd]) => [model, parseUsd(usd)] as const));
const one = (ours: string, invoiced: string, tolerance: string) =>
  reconcile(amounts({ m: ours }), amounts({ m: invoiced }), tolerance).lines[0]!;

describe('a reconciliation', () => {
  it('[MT-011] tells each model apart: equal, over, under, missing on either side', () => {
    const { lines, total } = reconcile(
      amounts({ equal: '10', over: '100', under: '100', here: '3', nothing: '0' }),
      amounts({ equal: '10', over: '105', under: '90', there: '4' }),
      '2',
    );
    expect(
      lines.map(({ model, state, difference, differencePercent }) => [model, state, difference, differencePercent]),
    ).toEqual([
      ['under', 'under', parseUsd('-10'), '-10'],
      ['over', 'over', parseUsd('5'), '5'],
      ['there', 'missing_here', parseUsd('4'), null],
      ['here', 'missing_there', parseUsd('-3'), '-100'],
      ['equal', 'ok', 0n, '0'],
      ['nothing', 'ok', 0n, null],
    ]);
    expect(total).toEqual({
      state: 'ok',
      ours: parseUsd('213'),
      invoiced: parseUsd('209'),
      difference: parseUsd('-4'),
      differencePercent: '-1.88',
    });
  });

  it.each([
    ['100', '102', '2', 'ok'],
    ['100', '102.000000001', '2', 'over'],
    ['100', '98', '2', 'ok'],
    ['100', '97.999999999', '2', 'under'],
    ['100', '100.000000001', '0', 'over'],
    ['100', '100.0001', '0.0001', 'ok'],
    ['0', '0.01', '50', 'over'],
  ])(
    '[MT-011] with %s here and %s there at a tolerance of %s%% is %s, to the nano-dollar',
    (ours, invoiced, tolerance, state) => expect(one(ours, invoiced, tolerance).state).toBe(state),
  );

  it('[MT-011] adds up: the differences of the models are the difference of the total', () => {
    const some = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.bigInt(-(10n ** 18n), 10n ** 18n));
    fc.assert(
      fc.property(some, some, (ours, invoiced) => {
        const map = (of: Record<string, bigint>) =>
          new Map(Object.entries(of).map(([k, v]) => [k, nanoUsd(v)] as const));
        const { lines, total } = reconcile(map(ours), map(invoiced), '2');
        expect(lines.reduce((sum, { difference }) => sum + difference, 0n)).toBe(total.difference);
        expect(total.difference).toBe(total.invoiced - total.ours);
      }),
    );
  });
});
