import type { acquireLeasesV1, CallOf, ResponseOf } from '@ao/contracts';
import { isHolding, PeriodBook, periodRefKey, type Wallet } from '@ao/wallet/simulation';
import { leasesIn, openReturnsOf } from './inside.js';
import { isOver } from './lease-end.js';
import type { LimitHistory } from './limit-history.js';
import type { ObservedGateway, ObservedWorld } from './observed.js';
import type { Report } from './violation.js';

type Acquisition = CallOf<typeof acquireLeasesV1>;
type Answer = ResponseOf<typeof acquireLeasesV1>;

/** A transaction decides by limit and period as it read them at its beginning; none takes longer. */
const DECIDED_WITHIN_MS = 5_000;

/** For so long the wallet service looks for idle leases before it refuses. */
const RECALL_MS = 900;

/** A question for money that is not answered yet. */
export interface Ask {
  sinceMs: number;
  /** The least that each wallet had left since it was asked. */
  available: Map<string, bigint>;
  /** The least that it had left with all that lay idle in the leases of gateways. */
  withIdle: Map<string, bigint>;
  /** Wallets that somebody else was given money of meanwhile: what a recall brought may have gone there. */
  contended: Set<string>;
}

/**
 * Nobody may be refused for want of money that is there: at some moment between question and answer the wallet must
 * have had as little as the refusal says. Without faults and rivals more is asked: not even idle leases may have held it.
 */
export class Refusals {
  private readonly asks = new Set<Ask>();
  private readonly periods = new PeriodBook();

  constructor(
    private readonly world: ObservedWorld,
    private readonly limits: LimitHistory,
    private readonly report: Report,
  ) {}

  asked(): Ask {
    const ask = {
      sinceMs: this.world.scheduler.nowMs,
      available: new Map<string, bigint>(),
      withIdle: new Map<string, bigint>(),
      contended: new Set<string>(),
    };
    this.asks.add(ask);
    this.look();
    return ask;
  }

  answered(ask: Ask, request: Acquisition, answer: Answer): void {
    this.look();
    this.asks.delete(ask);
    if (answer.kind === 'granted' || answer.reason !== 'exhausted') return;
    const { walletId, shortfall } = answer;
    const decidedOn = request.amountMin - shortfall;
    const about = `${request.gatewayId} was refused ${request.amountMin} by ${walletId} for want of ${shortfall}`;
    const least = ask.available.get(walletId);
    if (least === undefined || least > decidedOn || shortfall <= 0n) {
      this.report('nobody is refused money that is there', `${about}; it never had less than ${least}`);
    }
    if (this.world.plan.isFaulty || request.mayRecall === false || ask.contended.has(walletId)) return;
    if (this.world.scheduler.nowMs - ask.sinceMs >= RECALL_MS) return;
    const withIdle = ask.withIdle.get(walletId);
    if (withIdle === undefined || withIdle < request.amountMin) return;
    this.report('idle leases cause no refusal', `${about}; with idle leases it never had less than ${withIdle}`);
  }

  /** No answer came. */
  forget(ask: Ask): void {
    this.asks.delete(ask);
  }

  /** Somebody was given money of the wallet. */
  granted(walletId: string): void {
    for (const { contended } of this.asks) contended.add(walletId);
  }

  /** To be called whenever there may be less than before. */
  look(): void {
    if (this.asks.size === 0) return;
    for (const { wallet } of this.world.walletTables.wallets.all()) {
      const available = this.availableOf(wallet);
      if (available === null) continue;
      const withIdle = available + (this.world.plan.isFaulty ? 0n : this.idleOf(wallet));
      for (const ask of this.asks) {
        lower(ask.available, wallet.id, available);
        lower(ask.withIdle, wallet.id, withIdle);
      }
    }
  }

  /** By the clocks of all replicas, now and as a transaction under way has read them. */
  private availableOf(wallet: Wallet): bigint | null {
    const { scheduler, plan, walletTables } = this.world;
    const spendable = this.limits.leastSince(wallet.id, scheduler.nowMs - DECIDED_WITHIN_MS);
    if (spendable === null) return null;
    const times = plan.walletSkewsMs.flatMap((skewMs) => [skewMs, skewMs - DECIDED_WITHIN_MS]);
    const amounts = times.map((offsetMs) => {
      const { key: periodKey } = this.periods.at(wallet, scheduler.nowMs + offsetMs);
      const row = walletTables.periods.get(periodRefKey({ walletId: wallet.id, periodKey }));
      return spendable - (row?.posted ?? 0n) - (row?.held ?? 0n);
    });
    return amounts.reduce((least, one) => (one < least ? one : least));
  }

  private idleOf(wallet: Wallet): bigint {
    const { key: periodKey } = this.periods.at(wallet, this.world.scheduler.nowMs);
    const counts = (leaseId: string): boolean => {
      const row = this.world.walletTables.leases.get(leaseId);
      return row !== undefined && isHolding(row) && row.periodKey === periodKey;
    };
    let idle = 0n;
    for (const gateway of this.world.gateways) {
      if (gateway?.life.isAlive)
        idle += freeOf(gateway, wallet.id, counts) + this.onTheWayOf(gateway, wallet.id, counts);
    }
    return idle;
  }

  /** Given back by the gateway, and not yet taken back by the ledger. */
  private onTheWayOf({ budget }: ObservedGateway, ofWalletId: string, counts: (leaseId: string) => boolean): bigint {
    return openReturnsOf(budget).reduce((sum, { leaseId, walletId, sequence, amount }) => {
      if (walletId !== ofWalletId || !counts(leaseId)) return sum;
      return sequence > this.world.walletTables.leases.get(leaseId)!.returnSequence ? sum + amount : sum;
    }, 0n);
  }
}

function freeOf({ pool, life }: ObservedGateway, walletId: string, counts: (leaseId: string) => boolean): bigint {
  const leases = leasesIn(pool).get(walletId) ?? [];
  return leases.reduce((sum, lease) => {
    const isFree = lease.free > 0n && !isOver(lease, life.clock.nowMs()) && counts(lease.leaseId);
    return isFree ? sum + lease.free : sum;
  }, 0n);
}

function lower(least: Map<string, bigint>, walletId: string, amount: bigint): void {
  const before = least.get(walletId);
  if (before === undefined || amount < before) least.set(walletId, amount);
}
