import type { Candidate } from '../table/candidate.js';
import type { Tier } from '../table/tier.js';
import type { CandidateFacts } from '../question.js';
import type { Strategy, StrategyContext } from './strategy.js';

interface PriceOrder {
  /** The cheapest first; those without a price last. */
  members: readonly Candidate[];
  facts: CandidateFacts;
  readAtMs: number;
}

/** Prices change rarely; a tier of thousands must not be sorted for each call. */
const ORDER_TTL_MS = 10_000;
const orderByTier = new WeakMap<Tier, PriceOrder>();

/** The cheapest one that keeps the group's service level; where none does, or there is none, the cheapest. */
export const costBased: Strategy = {
  keepsServiceLevel: true,
  pick: (tier, takes, context) => orderOf(tier, context).members.find(takes) ?? null,
  score(candidate, { facts }) {
    const price = facts.price(candidate);
    return price === null ? null : Number(price);
  },
};

function orderOf(tier: Tier, { facts, nowMs }: StrategyContext): PriceOrder {
  let order = orderByTier.get(tier);
  if (!order || order.facts !== facts || nowMs - order.readAtMs >= ORDER_TTL_MS) {
    const priced = tier.members.map((candidate) => ({ candidate, price: facts.price(candidate) }));
    // Sorting is stable: between equals the order of the configuration decides.
    priced.sort((a, b) => compare(a.price, b.price));
    order = { members: priced.map(({ candidate }) => candidate), facts, readAtMs: nowMs };
    orderByTier.set(tier, order);
  }
  return order;
}

function compare(a: bigint | null, b: bigint | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}
