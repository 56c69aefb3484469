import fc from 'fast-check';
import { parseUsdPerMillionTokens } from '@ao/kernel';
import { anyPriceRow, priceRow, priceTier, SERVICE_TIERS } from './__fixtures__/rows.js';
import { cost } from './cost.js';
import { estimateMax } from './estimate.js';
import { rateOf, tierOf } from './rates.js';
import {
  INPUT_BUCKETS,
  OUTPUT_BUCKETS,
  USAGE_FIELDS,
  USAGE_QUANTITIES,
  inputTokensOf,
  outputTokensOf,
  usageOf,
  type Usage,
} from './usage.js';

const usd = parseUsdPerMillionTokens;
const count = fc.nat({ max: 1_000_000 });
const anyUsage = fc.record(Object.fromEntries(USAGE_FIELDS.map((field) => [field, count]))) as fc.Arbitrary<Usage>;
const anyService = fc.constantFrom(...SERVICE_TIERS, 'unheard-of');

const row = priceRow({
  inputPico: usd('1'),
  outputPico: usd('4'),
  cachedInputPico: usd('0.1'),
  tiers: [
    priceTier({ promptTokensAbove: 200_000, inputPico: usd('2'), cachedInputPico: usd('0.2') }),
    priceTier({ serviceTier: 'priority', inputPico: usd('3') }),
    priceTier({ serviceTier: 'priority', promptTokensAbove: 200_000, inputPico: usd('6') }),
    priceTier({ serviceTier: 'flex', outputPico: usd('1') }),
  ],
});

describe('tiers', () => {
  it('[BX-011] price the whole call, from one token above the threshold on, cached ones counted', () => {
    const at = (changes: Partial<Usage>) => cost(usageOf(changes), row);
    expect(at({ inputTokens: 200_000 })).toBe(200_000_000n);
    expect(at({ inputTokens: 200_001 })).toBe(400_002_000n);
    expect(at({ inputTokens: 1, cachedInputTokens: 200_000 })).toBe(40_002_000n);
    expect(at({ outputTokens: 500_000 })).toBe(2_000_000_000n);
  });

  it('[BX-011] are that of the service for the same length, and leave the base rates where they say nothing', () => {
    const million = usageOf({ inputTokens: 100_000, cachedInputTokens: 100_000, outputTokens: 100_000 });
    const costs = [null, 'priority', 'flex', 'unheard-of'].map((service) => cost(million, row, service));
    expect(costs).toEqual([510_000_000n, 710_000_000n, 210_000_000n, 510_000_000n]);
    expect(cost(usageOf({ inputTokens: 300_000 }), row, 'priority')).toBe(1_800_000_000n);
    // No tier of this service is for long prompts: they cost what they cost everyone.
    expect(cost(usageOf({ inputTokens: 300_000 }), row, 'flex')).toBe(600_000_000n);
  });

  it('[BX-011] a call that may be served otherwise reserves the dearest of what it may be served by', () => {
    const reserved = (serviceTiers?: readonly (string | null)[] | 'any') =>
      estimateMax(
        {
          promptTokensBound: 100_000,
          maxOutputTokens: 100_000,
          buckets: ['inputTokens', 'outputTokens'],
          serviceTiers,
        },
        row,
      );
    expect(reserved()).toBe(500_000_000n);
    expect(reserved([null, 'priority'])).toBe(700_000_000n);
    expect(reserved([null, 'flex'])).toBe(500_000_000n);
    expect(reserved(['flex'])).toBe(200_000_000n);
    expect(reserved('any')).toBe(700_000_000n);
  });

  it('[BX-012] a flat price is reserved and charged for each call, whatever it consumes', () => {
    const flat = priceRow({ inputPico: usd('0'), outputPico: usd('0'), perCallPico: 5_000_000_000n as never });
    expect(estimateMax({ promptTokensBound: 1_000_000 }, flat)).toBe(5_000_000n);
    expect(cost(usageOf({ calls: 1, inputTokens: 1_000_000, outputTokens: 9 }), flat)).toBe(5_000_000n);
    expect(cost(usageOf({ calls: 2 }), flat)).toBe(10_000_000n);
  });
});

describe('any price', () => {
  it('[BX-011] [MT-005] reserves no less than any usage within the bounds costs, over any rates, tiers and services', () => {
    fc.assert(
      fc.property(anyUsage, anyPriceRow, anyService, count, (usage, price, service, slack) => {
        const quantities = Object.fromEntries(USAGE_QUANTITIES.map((quantity) => [quantity, usage[quantity] + slack]));
        const input = {
          promptTokensBound: inputTokensOf(usage) + slack,
          maxOutputTokens: outputTokensOf(usage) + slack,
          quantities,
        };
        const charged = cost(usage, price, service);
        expect(estimateMax({ ...input, serviceTiers: [null, service] }, price)).toBeGreaterThanOrEqual(charged);
        expect(estimateMax({ ...input, serviceTiers: 'any' }, price)).toBeGreaterThanOrEqual(charged);
      }),
      { numRuns: 1_000 },
    );
  });

  it('[BX-011] charges the sum over what was consumed, each at the one rate of its tier, rounded once', () => {
    fc.assert(
      fc.property(anyUsage, anyPriceRow, anyService, (usage, price, service) => {
        const tier = tierOf(price, service, inputTokensOf(usage));
        const pico = USAGE_FIELDS.reduce((sum, field) => sum + BigInt(usage[field]) * rateOf(field, price, tier), 0n);
        const error = cost(usage, price, service) * 1_000n - (price.free ? 0n : pico);
        expect(error <= 500n && error >= -500n).toBe(true);
      }),
    );
  });

  it('[BX-011] never charges less for more, as long as longer prompts are not the cheaper ones', () => {
    const levelled = anyPriceRow.map((price) => ({
      ...price,
      tiers: price.tiers.filter(({ promptTokensAbove }) => promptTokensAbove === 0),
    }));
    fc.assert(
      fc.property(
        anyUsage,
        levelled,
        anyService,
        fc.constantFrom(...USAGE_FIELDS),
        count,
        (usage, price, service, field, more) => {
          const larger = { ...usage, [field]: usage[field] + more };
          expect(cost(larger, price, service)).toBeGreaterThanOrEqual(cost(usage, price, service));
        },
      ),
    );
  });

  it('prices every bucket, and no bucket at a rate of the other side', () => {
    const prices = priceRow({ inputPico: usd('1'), outputPico: usd('2') });
    expect(INPUT_BUCKETS.map((bucket) => rateOf(bucket, prices))).toEqual(INPUT_BUCKETS.map(() => usd('1')));
    expect(OUTPUT_BUCKETS.map((bucket) => rateOf(bucket, prices))).toEqual(OUTPUT_BUCKETS.map(() => usd('2')));
  });
});
