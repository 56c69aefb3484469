import type { EventEnvelope } from '@ao/bus';
import type { UsageReport } from '@ao/contracts';
import { AppError, type Clock, type Logger } from '@ao/kernel';
import { settlementKey } from '../domain/entry.js';
import type { Lease } from '../domain/lease.js';
import { periodRefKey, type PeriodRef } from '../domain/ledger.js';
import type { Period } from '../domain/period.js';
import type { PeriodBook } from '../domain/period-book.js';
import { COST_MAX, settle, type Settlement } from '../domain/settlement.js';
import type { Wallet } from '../domain/wallet.js';
import type { LedgerStore, LedgerTransaction, NewPeriod, WalletRepository } from './ports.js';
import { saveLedger } from './save-ledger.js';
import type { WalletEvents } from './wallet-events.js';

export const LEDGER_CONSUMER = 'wallet-ledger';

type UsageEvent = EventEnvelope<UsageReport>;

/** The settlements of a batch with all that has to be locked for them. */
interface Plan {
  settlements: { eventId: string; settlement: Settlement }[];
  periods: NewPeriod[];
  refs: PeriodRef[];
  leaseIds: string[];
  wallets: Map<string, Wallet>;
  /** The caller's own request id by the billed one: what a person searches for. */
  correlationIds: Map<string, string>;
}

/** Posts the cost of finished calls to every wallet of their paths, each call once, a whole batch in one transaction. */
export class SettleUsage {
  constructor(
    private readonly wallets: WalletRepository,
    private readonly store: LedgerStore,
    private readonly periods: PeriodBook,
    private readonly events: WalletEvents,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** @throws AppError `invalid_parameter` for a cost that cannot be one. */
  async execute(batch: readonly UsageEvent[]): Promise<void> {
    for (const { payload } of batch) requireSaneCost(payload);
    const charged = firstOfEachRequest(batch.filter(({ payload }) => !payload.ownKey && payload.cost > 0n));
    if (charged.length === 0) return;
    const plan = await this.plan(charged);
    if (plan.settlements.length === 0) return;
    await this.store.openPeriods(plan.periods, this.events.entriesPosted);
    await this.store.transact((transaction) => this.post(transaction, plan));
  }

  private async plan(events: readonly UsageEvent[]): Promise<Plan> {
    const charges = events.flatMap(({ payload }) => payload.charges);
    const [wallets, leases] = await Promise.all([
      this.wallets.findAll(distinct(charges.map(({ walletId }) => walletId))),
      this.store.findLeases(distinct(charges.flatMap(({ leaseId }) => leaseId ?? []))),
    ]);
    const plan: Plan = {
      settlements: [],
      periods: [],
      refs: [],
      leaseIds: [...leases.keys()],
      wallets,
      correlationIds: correlationsOf(events),
    };
    const seen = new Set<string>();
    const include = (ref: PeriodRef): boolean => !seen.has(periodRefKey(ref)) && (seen.add(periodRefKey(ref)), true);
    for (const { id: eventId, payload } of events) {
      for (const { settlement, wallet, period } of this.toSettlements(payload, wallets, leases)) {
        plan.settlements.push({ eventId, settlement });
        if (include(settlement)) {
          plan.refs.push(settlement);
          if (period) plan.periods.push({ wallet, period });
        }
      }
    }
    for (const lease of leases.values()) if (include(lease)) plan.refs.push(lease);
    return plan;
  }

  private toSettlements(
    report: UsageReport,
    wallets: Map<string, Wallet>,
    leases: Map<string, Lease>,
  ): { settlement: Settlement; wallet: Wallet; period: Period | null }[] {
    const { requestId, orgId, cost, provider, charges, startedAtMs } = report;
    const walletIds = distinct(charges.map(({ walletId }) => walletId));
    return walletIds.flatMap((walletId, index) => {
      const wallet = wallets.get(walletId);
      if (wallet?.orgId !== orgId) {
        this.logger.error({ requestId, orgId, walletId }, 'a call names a wallet that its organisation does not have');
        return [];
      }
      const draws = charges.flatMap(({ walletId: of, leaseId, reserved }) =>
        of === walletId && leaseId !== null ? [{ leaseId, reserved }] : [],
      );
      const own = draws.filter(({ leaseId }) => leases.get(leaseId)?.walletId === walletId);
      const lease = own[0] && leases.get(own[0].leaseId);
      // The money was held in the period of the lease, so it is spent there, even if the call ended in the next one.
      const period = lease ? null : this.periods.at(wallet, startedAtMs);
      const periodKey = lease?.periodKey ?? period!.key;
      const passedUpBy = walletIds[index - 1] ?? null;
      const limited = wallet.limit !== null || own.length > 0;
      const settlement = { requestId, orgId, walletId, periodKey, cost, limited, draws: own, passedUpBy, provider };
      return [{ settlement, wallet, period }];
    });
  }

  private async post(transaction: LedgerTransaction, plan: Plan): Promise<void> {
    const eventIds = distinct(plan.settlements.map(({ eventId }) => eventId));
    const fresh = new Set(await transaction.claimEvents(LEDGER_CONSUMER, eventIds));
    const nowMs = this.clock.nowMs();
    const { ledger } = await transaction.lock({ periods: plan.refs, leaseIds: plan.leaseIds, creditsAtMs: nowMs });
    ledger.expireCredits(nowMs);
    const unclaimed = plan.settlements.filter(({ eventId }) => fresh.has(eventId)).map(({ settlement }) => settlement);
    // The inbox forgets, and a call may be told of by two events: the ledger itself knows what it has.
    const keyOf = ({ requestId, walletId }: Settlement): string => settlementKey(requestId, walletId);
    const posted = await transaction.postedKeys(unclaimed.map(keyOf));
    for (const settlement of unclaimed) if (!posted.has(keyOf(settlement))) settle(ledger, settlement);
    const { wallets, correlationIds } = plan;
    await saveLedger(transaction, ledger, { wallets, correlationIds, events: this.events, nowMs });
  }
}

function requireSaneCost({ requestId, cost }: UsageReport): void {
  if (cost >= 0n && cost <= COST_MAX) return;
  throw new AppError('invalid_parameter', `The call ${requestId} cannot have cost ${cost} nano-dollars.`, {
    param: 'cost',
  });
}

function firstOfEachRequest(events: readonly UsageEvent[]): UsageEvent[] {
  const byRequest = new Map<string, UsageEvent>();
  for (const event of events) {
    if (!byRequest.has(event.payload.requestId)) byRequest.set(event.payload.requestId, event);
  }
  return [...byRequest.values()];
}

const correlationsOf = (events: readonly UsageEvent[]): Map<string, string> =>
  new Map(events.map(({ payload }) => [payload.requestId, payload.correlationId]));

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];
