import { EACH } from '@ao/contracts';
import { Random } from '../engine/random.js';
import { drawOperations } from './draw-operations.js';
import { CALL_NANO_USD, type FaultRates, type Plan, type WalletPlan } from './plan.js';

const SKEW_MS_MAX = 3_000;
const MIDNIGHT_MS = Date.UTC(2026, 2, 15);

/** Draws everything that a run needs from its seed. */
export function drawPlan(seed: number): Plan {
  const random = new Random(seed).fork('plan');
  const isFaulty = !random.chance(0.2);
  const skew = (): number => (isFaulty && random.chance(0.5) ? random.int(-SKEW_MS_MAX, SKEW_MS_MAX) : 0);
  const many = (max: number): number[] => Array.from({ length: random.int(1, max) }, skew);
  const durationMs = random.pick([4_000, 8_000, 15_000]);
  const gatewaySkewsMs = many(4);
  const walletSkewsMs = many(2);
  const meteringSkewsMs = many(2);
  const wallets = drawWallets(random);
  return {
    seed,
    isFaulty,
    startsAtMs: MIDNIGHT_MS + (random.chance(0.6) ? -random.int(1_000, durationMs) : 3_600_000),
    durationMs,
    gatewaySkewsMs,
    walletSkewsMs,
    meteringSkewsMs,
    terms: {
      ttlMs: random.pick([8_000, 15_000]),
      graceMs: random.pick([12_000, 20_000]),
      sharePercentMax: random.pick([10, 50, 100]),
    },
    leaseIdleMs: random.pick([500, 2_000, 5_000]),
    sweepEveryMs: random.pick([1_000, 5_000]),
    wallets,
    faults: isFaulty ? drawFaults(random) : NO_FAULTS,
    operations: drawOperations(random, {
      isFaulty,
      durationMs,
      gateways: gatewaySkewsMs.length,
      walletReplicas: walletSkewsMs.length,
      meteringReplicas: meteringSkewsMs.length,
      wallets,
    }),
  };
}

/** A tree, one to four deep; some wallets unlimited, some with overdraft, some by the day. Then budgets of scopes. */
function drawWallets(random: Random): WalletPlan[] {
  const depth = random.int(1, 4);
  const period = random.pick(['none', 'day'] as const);
  const wallets: WalletPlan[] = [];
  const add = (parent: number | null, callsMax: number): number => {
    const isMixed = random.chance(0.2);
    wallets.push({
      name: `wallet ${wallets.length}`,
      parent,
      limit: random.chance(0.2) ? null : (CALL_NANO_USD * BigInt(random.int(10, callsMax * 10))) / 10n,
      period: isMixed ? random.pick(['none', 'day'] as const) : period,
      overdraftPercent: random.chance(0.2) ? random.int(1, 50) : 0,
      scope: null,
    });
    return wallets.length - 1;
  };
  let parents = [add(null, random.pick([3, 20, 60]))];
  for (let level = 1; level < depth; level += 1) {
    parents = parents.flatMap((parent) => Array.from({ length: random.int(1, 2) }, () => add(parent, 20))).slice(0, 3);
  }
  const tree = wallets.map((wallet) => ({ ...wallet, limit: withinAncestors(wallet, wallets) }));
  return [...tree, ...drawScoped(random)];
}

/** Budgets beside the tree: of all calls, of a key, of each end user. */
function drawScoped(random: Random): WalletPlan[] {
  if (random.chance(0.7)) return [];
  return Array.from({ length: random.int(1, 2) }, (_, index) => ({
    name: `budget ${index}`,
    parent: null,
    limit: (CALL_NANO_USD * BigInt(random.int(10, 300))) / 10n,
    period: random.pick(['none', 'day'] as const),
    overdraftPercent: 0,
    scope: random.pick([{}, { key: 'key_1' }, { end_user: EACH }, { end_user: 'anna' }]),
  }));
}

function withinAncestors({ limit, parent }: WalletPlan, wallets: readonly WalletPlan[]): bigint | null {
  if (limit === null || parent === null) return limit;
  const above = withinAncestors(wallets[parent]!, wallets);
  const bound = above ?? boundAbove(wallets[parent]!, wallets);
  return bound !== null && limit > bound ? bound : limit;
}

function boundAbove({ parent }: WalletPlan, wallets: readonly WalletPlan[]): bigint | null {
  if (parent === null) return null;
  return withinAncestors(wallets[parent]!, wallets) ?? boundAbove(wallets[parent]!, wallets);
}

export const NO_FAULTS: FaultRates = {
  requestLost: 0,
  answerLost: 0,
  requestTwice: 0,
  messageSlow: 0,
  publishLost: 0,
  publishUnconfirmed: 0,
  deliveryTwice: 0,
  ackLost: 0,
  busDeduplicates: true,
  statementFails: 0,
  statementKills: 0,
};

function drawFaults(random: Random): FaultRates {
  const rate = (max: number): number => (random.chance(0.5) ? random.next() * max : 0);
  return {
    requestLost: rate(0.2),
    answerLost: rate(0.2),
    requestTwice: rate(0.2),
    messageSlow: rate(0.2),
    publishLost: rate(0.2),
    publishUnconfirmed: rate(0.2),
    deliveryTwice: rate(0.3),
    ackLost: rate(0.3),
    busDeduplicates: random.chance(0.5),
    statementFails: rate(0.01),
    statementKills: rate(0.004),
  };
}
