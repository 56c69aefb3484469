import { usageReport, usageReportExample } from '@ao/contracts';
import { nanoUsd, parseUsd, parseUsdPerMillionTokens } from '@ao/kernel';
import { usageOf } from '@ao/pricing';
import { priceEntry } from '../domain/__fixtures__/prices.js';
import { authoritativeCost } from './authoritative-cost.js';

const price = priceEntry({
  inputPico: parseUsdPerMillionTokens('2.50'),
  outputPico: parseUsdPerMillionTokens('10'),
  cachedInputPico: parseUsdPerMillionTokens('1.25'),
});
const report = { ...usageReport.decode(usageReportExample), cost: nanoUsd(7n) };
const free = { costBasis: 'price', cost: 0n };

describe('the authoritative cost', () => {
  it('[MT-004] is input × rate + output × rate, exactly, whatever the gateway said', () => {
    const usage = usageOf({ inputTokens: 1_000, outputTokens: 500 });
    expect(authoritativeCost({ ...report, usage }, price)).toEqual({ costBasis: 'price', cost: parseUsd('0.0075') });
  });

  it('[MT-004] charges cached input at its own rate', () => {
    const usage = usageOf({ inputTokens: 600, cachedInputTokens: 400, outputTokens: 500 });
    expect(authoritativeCost({ ...report, usage }, price).cost).toBe(parseUsd('0.007'));
  });

  it('[MT-010] is 0 for a free model', () => expect(authoritativeCost(report, { ...price, free: true })).toEqual(free));

  it.each([
    ['own_key', 'the caller’s own provider key paid', { ownKey: true }, 0n],
    ['none', 'nothing was consumed', { usageSource: 'none' as const }, 0n],
    ['none', 'there is no price and no usage', { usage: usageOf({}), priceId: null }, 0n],
    ['unpriced', 'tokens were consumed without a price', { priceId: null }, 0n],
    ['reported', 'the price is not known here', { priceId: 'prc_lost' }, 7n],
  ])('is marked %s when %s', (costBasis, _when, changes, cost) => {
    const known = costBasis === 'own_key' || costBasis === 'none' ? price : undefined;
    const given = 'priceId' in changes ? undefined : known;
    expect(authoritativeCost({ ...report, ...changes }, given)).toEqual({ costBasis, cost });
  });
});
