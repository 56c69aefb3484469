import { ManualClock, SequentialIds, ZERO_USD, nanoUsd, silentLogger, type NanoUsd } from '@ao/kernel';
import { LeasePool } from '../../../domain/lease-pool.js';
import { Budget } from '../../budget.js';
import type { Payers } from '../../payers.js';
import type { LeaseBroker } from '../../ports.js';
import type { CallPrice } from '../price-call.js';
import { payForFirst, payForNext } from './pay-for-attempt.js';
import type { RunningCall } from './running-call.js';

const LIMIT = 1_000n;
const mine: Payers = { orgId: 'org', walletId: 'leaf', budgets: [], key: 'leaf' };
/** The same caller at a model that has a budget of its own. */
const ofModel: Payers = { ...mine, key: 'leaf and model' };

/** Wallets that grant what is asked for as long as they have it. */
class Ledger implements LeaseBroker {
  readonly left = new Map([
    ['leaf', LIMIT],
    ['model', LIMIT],
  ]);
  private leases = 0;

  async acquire({
    budgets = [],
    amountMin,
  }: Parameters<LeaseBroker['acquire']>[0]): ReturnType<LeaseBroker['acquire']> {
    const wallets = budgets.length > 0 ? ['leaf', 'model'] : ['leaf'];
    const poor = wallets.find((walletId) => this.left.get(walletId)! < amountMin);
    if (poor !== undefined) {
      const shortfall = nanoUsd(amountMin - this.left.get(poor)!);
      return { kind: 'refused', reason: 'exhausted', walletId: poor, walletName: poor, shortfall, scoped: false };
    }
    this.leases += 1;
    const leases = wallets.map((walletId) => {
      this.left.set(walletId, this.left.get(walletId)! - amountMin);
      const leaseId = `${walletId}-${this.leases}`;
      return { leaseId, walletId, granted: amountMin, expiresAtMs: 60_000, periodEndsAtMs: null };
    });
    return {
      kind: 'granted',
      path: wallets.map((walletId) => ({ walletId, name: walletId, unlimited: false })),
      leases,
    };
  }

  sync(): Promise<never> {
    throw new TypeError('nothing is returned here');
  }
}

/** A call whose every output token costs as much. */
const price = (perToken: bigint, max = 10): CallPrice => ({
  row: undefined,
  maxOutputTokens: max,
  output: { first: max, max },
  costMax: (tokens) => nanoUsd(perToken * BigInt(tokens)),
});

describe('what pays for the next attempt of a call', () => {
  let ledger: Ledger;
  let pool: LeasePool;
  let budget: Budget;

  beforeEach(() => {
    ledger = new Ledger();
    pool = new LeasePool();
    const parts = { gatewayId: 'gw', clock: new ManualClock(0), ids: new SequentialIds(), logger: silentLogger };
    budget = new Budget(pool, ledger, { ...parts, leaseIdleMs: 5_000 });
  });

  /** A call that has reserved 10 tokens at so much each, and whose first attempt has cost something. */
  async function begun(perToken: bigint, spent: bigint): Promise<RunningCall> {
    const { reservation } = await payForFirst(budget, mine, price(perToken));
    return { payers: mine, reservation, record: { cost: nanoUsd(spent) } } as RunningCall;
  }

  const reserved = ({ reservation }: RunningCall): NanoUsd | undefined => reservation?.amount;

  it('[BX-001] is what the first left, where that is enough', async () => {
    const running = await begun(10n, 40n);
    await payForNext(budget, running, mine, price(6n));
    expect(reserved(running)).toBe(100n);
    expect(ledger.left.get('leaf')).toBe(LIMIT - 100n);
  });

  it('[BX-001] is that and the rest, where it costs more: all attempts together are reserved', async () => {
    const running = await begun(10n, 40n);
    await payForNext(budget, running, mine, price(30n));
    expect(reserved(running)).toBe(340n);
    expect(ledger.left.get('leaf')).toBe(LIMIT - 340n);
    budget.settle(running.reservation, nanoUsd(340n));
    expect(pool.totals()).toMatchObject({ reserved: ZERO_USD });
  });

  it('[BX-001] is refused when the wallet has not that much, and what the call has stays reserved', async () => {
    const running = await begun(10n, 100n);
    await expect(payForNext(budget, running, mine, price(95n))).rejects.toMatchObject({ code: 'wallet_exhausted' });
    expect(reserved(running)).toBe(100n);
  });

  it('[RL-008] is reserved anew, earlier attempts included, where a budget of the next model pays too', async () => {
    const running = await begun(10n, 40n);
    const claims = { ...ofModel, budgets: [{ walletId: 'model', values: [] }] };
    const { reservation } = await payForNext(budget, running, claims, price(10n));
    expect(running.payers).toBe(claims);
    expect(running.reservation).toBe(reservation);
    expect(reservation?.charges.map(({ walletId, reserved: amount }) => [walletId, amount])).toEqual([
      ['leaf', 140n],
      ['model', 140n],
    ]);
    // What was reserved before is free again, for the next call.
    expect(budget.reserveAtOnce(mine, nanoUsd(100n))).not.toBeNull();
  });

  it('[RL-008] is reserved anew with other payers, however little it costs', async () => {
    const running = await begun(10n, 0n);
    const claims = { ...ofModel, budgets: [{ walletId: 'model', values: [] }] };
    const { reservation } = await payForNext(budget, running, claims, price(1n));
    expect(reservation?.charges.map(({ walletId }) => walletId)).toEqual(['leaf', 'model']);
  });

  it('is less than all for a stream that may be extended, when no more can be had', async () => {
    const running = await begun(10n, 100n);
    const stream = { ...price(10n, 1_000), output: { first: 200, max: 1_000 } };
    const { tokens } = await payForNext(budget, running, mine, stream);
    expect(tokens).toBeLessThan(200);
    expect(tokens).toBeGreaterThanOrEqual(16);
    expect(reserved(running)).toBe(100n + 10n * BigInt(tokens));
  });
});
