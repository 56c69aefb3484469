import { parseUsdPerMillionTokens, picoUsd } from '@ao/kernel';
import fc from 'fast-check';
import { anyPriceRow, priceRow } from './__fixtures__/rows.js';
import { cost } from './cost.js';
import { explainCost } from './explain-cost.js';
import { USAGE_FIELDS, usageOf, type Usage } from './usage.js';

const count = fc.nat({ max: 3_000_000 });
const anyUsage = fc.record(
  Object.fromEntries(USAGE_FIELDS.map((field) => [field, count])) as Record<keyof Usage, typeof count>,
);
const anyTier = fc.constantFrom(null, 'priority', 'flex', 'batch');

describe('the explanation of a cost', () => {
  it('[MT-012] names each bucket with its tokens, its rate and its amount', () => {
    const row = priceRow({ inputPico: parseUsdPerMillionTokens('2.50'), outputPico: parseUsdPerMillionTokens('10') });
    expect(explainCost(usageOf({ inputTokens: 1_000, cachedInputTokens: 3, outputTokens: 500 }), row)).toEqual({
      lines: [
        { bucket: 'inputTokens', count: 1_000, ratePico: 2_500_000n, amountPico: 2_500_000_000n },
        { bucket: 'cachedInputTokens', count: 3, ratePico: 2_500_000n, amountPico: 7_500_000n },
        { bucket: 'outputTokens', count: 500, ratePico: 10_000_000n, amountPico: 5_000_000_000n },
      ],
      roundingPico: 0n,
      cost: 7_507_500n,
    });
  });

  it('[MT-012] shows the rounding apart: no line is rounded', () => {
    const explained = explainCost(usageOf({ inputTokens: 3 }), priceRow({ inputPico: picoUsd(500n) }));
    expect(explained).toMatchObject({ lines: [{ amountPico: 1_500n }], roundingPico: 500n, cost: 2n });
  });

  it('shows a free model with rates of 0', () => {
    const explained = explainCost(usageOf({ outputTokens: 9 }), priceRow({ free: true }));
    expect(explained).toMatchObject({ lines: [{ count: 9, ratePico: 0n, amountPico: 0n }], cost: 0n });
  });

  it('[MT-012] adds up to the cost to the pico-dollar, whatever the usage and the price', () => {
    fc.assert(
      fc.property(anyUsage, anyPriceRow, anyTier, (usage, row, tier) => {
        const { lines, roundingPico, cost: explained } = explainCost(usage, row, tier);
        const sum = lines.reduce((total, { amountPico }) => total + amountPico, 0n);
        expect(explained).toBe(cost(usage, row, tier));
        expect(sum + roundingPico).toBe(explained * 1_000n);
        expect(roundingPico >= -500n && roundingPico <= 500n).toBe(true);
      }),
    );
  });
});
