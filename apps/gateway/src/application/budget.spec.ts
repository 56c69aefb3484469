import { principal as principalContract, principalExample, type Principal } from '@ao/contracts';
import { AppError, ManualClock, SequentialIds, nanoUsd, silentLogger, type NanoUsd } from '@ao/kernel';
import { LeasePool } from '../domain/lease-pool.js';
import { Budget } from './budget.js';
import type { LeaseBroker } from './ports.js';

const caller: Principal = { ...principalContract.parse(principalExample), walletId: 'leaf' };

/** A wallet of one level that gives out what it has: the other side of the port, without a ledger behind it. */
class SmallWallet implements LeaseBroker {
  questions = 0;
  syncs: Parameters<LeaseBroker['sync']>[0][] = [];
  away = false;
  ttlMs = 60_000;

  constructor(
    private available: bigint,
    private readonly clock: ManualClock,
  ) {}

  async acquire({
    amountMin,
    amountWanted,
  }: Parameters<LeaseBroker['acquire']>[0]): ReturnType<LeaseBroker['acquire']> {
    if (this.away) throw new AppError('backend_unavailable', 'away');
    this.questions += 1;
    const granted = nanoUsd(amountWanted < this.available ? amountWanted : this.available);
    if (granted < amountMin) {
      return {
        kind: 'refused',
        reason: 'exhausted',
        walletId: 'leaf',
        walletName: 'Leaf',
        shortfall: nanoUsd(amountMin - granted),
      };
    }
    this.available -= granted;
    const lease = {
      leaseId: `l${this.questions}`,
      walletId: 'leaf',
      granted,
      expiresAtMs: this.clock.nowMs() + this.ttlMs,
      periodEndsAtMs: null,
    };
    return { kind: 'granted', path: [{ walletId: 'leaf', name: 'Leaf', unlimited: false }], leases: [lease] };
  }

  async sync(request: Parameters<LeaseBroker['sync']>[0]): ReturnType<LeaseBroker['sync']> {
    if (this.away) throw new AppError('backend_unavailable', 'away');
    this.syncs.push(request);
    this.available += request.returns.reduce((sum, { amount }) => sum + amount, 0n);
    return { renewed: [], gone: [] };
  }
}

const setUp = (available: bigint): { budget: Budget; wallet: SmallWallet; clock: ManualClock } => {
  const clock = new ManualClock();
  const wallet = new SmallWallet(available, clock);
  const options = { gatewayId: 'gw_1', clock, ids: new SequentialIds(), logger: silentLogger, leaseIdleMs: 5_000 };
  return { budget: new Budget(new LeasePool(), wallet, options), wallet, clock };
};
const usd = (amount: number): NanoUsd => nanoUsd(BigInt(amount));

describe('the budget', () => {
  it('[BX-001] lets only the first call wait for the wallet: the others take from the lease at once', async () => {
    const { budget, wallet } = setUp(1_000n);
    const first = budget.reserve(caller, usd(10));
    expect(first).toBeInstanceOf(Promise);
    await first;
    for (let call = 1; call < 20; call += 1) expect(budget.reserve(caller, usd(10))).not.toBeInstanceOf(Promise);
    expect(wallet.questions).toBeLessThanOrEqual(2);
  });

  it('asks for the next lease while the present one lasts, so that no later call waits', async () => {
    const { budget, wallet } = setUp(1_000_000n);
    await budget.reserve(caller, nanoUsd(10n));
    for (let call = 0; call < 200; call += 1) {
      expect(budget.reserve(caller, nanoUsd(10n))).not.toBeInstanceOf(Promise);
      await new Promise(setImmediate);
    }
    expect(wallet.questions).toBeGreaterThan(1);
  });

  it('asks ahead at most once a second when there is no more, and refuses only who cannot be paid', async () => {
    const { budget, wallet } = setUp(200n);
    await budget.reserve(caller, nanoUsd(10n));
    for (let call = 1; call < 20; call += 1) {
      expect(budget.reserve(caller, nanoUsd(10n))).not.toBeInstanceOf(Promise);
      await new Promise(setImmediate);
    }
    expect(wallet.questions).toBe(2);
    await expect(budget.reserve(caller, nanoUsd(10n))).rejects.toMatchObject({ code: 'wallet_exhausted' });
  });

  it('[WL-004] lets through exactly what the wallet holds, however many ask at once', async () => {
    const { budget } = setUp(50n);
    const outcomes = await Promise.allSettled(Array.from({ length: 200 }, async () => budget.reserve(caller, usd(1))));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(outcomes.length - refused.length).toBe(50);
    expect(refused.every(({ reason }) => (reason as AppError).code === 'wallet_exhausted')).toBe(true);
  });

  it('names the wallet and the shortfall when it refuses', async () => {
    const { budget } = setUp(3n);
    await expect(budget.reserve(caller, usd(5))).rejects.toMatchObject({
      code: 'wallet_exhausted',
      details: { wallet_id: 'leaf', shortfall_usd: '0.000000002' },
    });
  });

  it('fails closed while the wallet is away, and goes on with the leases it has', async () => {
    const { budget, wallet } = setUp(1_000n);
    await budget.reserve(caller, usd(10));
    wallet.away = true;
    expect(await budget.reserve(caller, usd(10))).toMatchObject({ amount: 10n });
    await expect(budget.reserve(caller, usd(500))).rejects.toMatchObject({ code: 'backend_unavailable' });
  });

  it('gives idle money back, and sends a return again under its number until it is confirmed', async () => {
    const { budget, wallet, clock } = setUp(1_000n);
    budget.settle(await budget.reserve(caller, usd(10)), usd(4));
    clock.advanceMs(6_000);
    wallet.away = true;
    await budget.sync();
    wallet.away = false;
    await budget.sync();
    expect(wallet.syncs.map(({ returns }) => returns)).toEqual([
      [{ leaseId: 'l1', sequence: 1, amount: 196n, close: true }],
    ]);
  });

  it('gives up instead of leasing a wallet empty when no lease that it gets is still good', async () => {
    const { budget, wallet } = setUp(1_000_000n);
    wallet.ttlMs = 1_000;
    await expect(budget.reserve(caller, usd(10))).rejects.toMatchObject({ code: 'backend_unavailable' });
    expect(wallet.questions).toBe(5);
  });

  it('charges nobody where there is no wallet', () => {
    expect(setUp(0n).budget.reserve({ ...caller, walletId: null }, usd(1))).toBeNull();
  });
});
