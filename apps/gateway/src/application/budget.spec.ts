import { principal as principalContract, principalExample } from '@ao/contracts';
import { AppError, ManualClock, SequentialIds, nanoUsd, silentLogger, type NanoUsd } from '@ao/kernel';
import { LeasePool } from '../domain/lease-pool.js';
import { Budget } from './budget.js';
import { payersOf } from './payers.js';
import type { LeaseBroker } from './ports.js';

const principal = principalContract.parse(principalExample);
const caller = payersOf({ ...principal, walletId: 'leaf' }, []);

type Acquire = Parameters<LeaseBroker['acquire']>[0];
type Answer = Awaited<ReturnType<LeaseBroker['acquire']>>;

/** A wallet of one level that gives out what it has: the other side of the port, without a ledger behind it. */
class SmallWallet implements LeaseBroker {
  questions = 0;
  syncs: Parameters<LeaseBroker['sync']>[0][] = [];
  away = false;
  losesAnswers = false;
  readonly acquisitionIds: string[] = [];
  ttlMs = 60_000;

  private readonly answers = new Map<string, Answer>();

  constructor(
    private available: bigint,
    private readonly clock: ManualClock,
  ) {}

  async acquire(request: Acquire): ReturnType<LeaseBroker['acquire']> {
    if (this.away) throw new AppError('backend_unavailable', 'away');
    this.acquisitionIds.push(request.acquisitionId);
    const answer = this.answers.get(request.acquisitionId) ?? this.grant(request);
    this.answers.set(request.acquisitionId, answer);
    if (this.losesAnswers) throw new AppError('backend_unavailable', 'lost');
    return answer;
  }

  private grant({ amountMin, amountWanted }: Acquire): Answer {
    this.questions += 1;
    const granted = nanoUsd(amountWanted < this.available ? amountWanted : this.available);
    if (granted < amountMin) {
      return {
        kind: 'refused',
        reason: 'exhausted',
        walletId: 'leaf',
        walletName: 'Leaf',
        shortfall: nanoUsd(amountMin - granted),
        scoped: false,
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
      [{ leaseId: 'l1', walletId: 'leaf', sequence: 1, amount: 196n, close: true }],
    ]);
  });

  it('gives up instead of leasing a wallet empty when no lease that it gets is still good', async () => {
    const { budget, wallet } = setUp(1_000_000n);
    wallet.ttlMs = 1_000;
    await expect(budget.reserve(caller, usd(10))).rejects.toMatchObject({ code: 'backend_unavailable' });
    expect(wallet.questions).toBe(5);
  });

  it('[BX-001] gives up what is free for a call elsewhere, and repeats it in case the answer was lost', async () => {
    const { budget, wallet } = setUp(1_000n);
    const reservation = await budget.reserve(caller, usd(10));
    const returns = budget.giveBack(['leaf', 'other']);
    expect(returns).toMatchObject([{ leaseId: 'l1', sequence: 1, amount: 190n, close: false }]);
    await budget.sync();
    expect(wallet.syncs.at(-1)?.returns).toEqual(returns);
    expect(budget.giveBack(['leaf'])).toEqual([]);
    budget.settle(reservation, usd(4));
    expect(budget.giveBack(['leaf'])).toMatchObject([{ sequence: 2, amount: 6n, close: true }]);
  });

  it('gives up with the newest return those that are not confirmed yet: their numbers must not be passed over', async () => {
    const { budget, wallet, clock } = setUp(1_000n);
    const reservation = await budget.reserve(caller, usd(10));
    clock.advanceMs(6_000);
    wallet.away = true;
    await budget.sync();
    budget.settle(reservation, usd(4));
    expect(budget.giveBack(['leaf']).map(({ sequence }) => sequence)).toEqual([1, 2]);
  });

  it('lets one refusal speak for all who asked for as much before it was given', async () => {
    const { budget, wallet } = setUp(3n);
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, async () => budget.reserve(caller, usd(5))));
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(wallet.questions).toBe(2);
  });

  it('asks again under the same id when an answer was lost, and takes in what it had been granted', async () => {
    const { budget, wallet } = setUp(1_000n);
    wallet.losesAnswers = true;
    await expect(budget.reserve(caller, usd(10))).rejects.toMatchObject({ code: 'backend_unavailable' });
    wallet.losesAnswers = false;
    await budget.sync();
    expect(new Set(wallet.acquisitionIds).size).toBe(1);
    expect(budget.reserve(caller, usd(10))).toMatchObject({ amount: 10n });
  });

  it('[BX-001] asks for the whole path at once when a part of it was recalled while it asked for the rest', async () => {
    const clock = new ManualClock();
    const path = ['leaf', 'root'].map((walletId) => ({ walletId, name: walletId, unlimited: false }));
    const skipped: (readonly string[] | undefined)[] = [];
    const broker = {
      acquire: async ({ skipWalletIds, amountMin: granted }: Acquire): Promise<Answer> => {
        skipped.push(skipWalletIds);
        // Another gateway needs what lies idle here while the question is under way.
        if (skipped.length === 2) budget.giveBack(['root']);
        const times = { expiresAtMs: clock.nowMs() + 60_000, periodEndsAtMs: null };
        const leases = path
          .filter(({ walletId }) => !skipWalletIds?.includes(walletId))
          .map(({ walletId }) => ({ leaseId: `${walletId} ${skipped.length}`, walletId, granted, ...times }));
        const more = leases.map((lease) =>
          skipped.length === 1 && lease.walletId === 'root' ? { ...lease, granted: usd(50) } : lease,
        );
        return { kind: 'granted', path, leases: more };
      },
    } as unknown as LeaseBroker;
    const options = { gatewayId: 'gw_1', clock, ids: new SequentialIds(), logger: silentLogger, leaseIdleMs: 5_000 };
    const budget = new Budget(new LeasePool(), broker, options);
    await budget.reserve(caller, usd(10));
    await budget.reserve(caller, usd(10));
    expect(skipped).toEqual([[], ['root'], []]);
  });

  it('charges nobody where there is no wallet', () => {
    expect(setUp(0n).budget.reserve(payersOf({ ...principal, walletId: null }, []), usd(1))).toBeNull();
  });
});
