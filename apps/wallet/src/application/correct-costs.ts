import type { EventEnvelope } from '@ao/bus';
import type { CostAdjustment } from '@ao/contracts';
import { absUsd, AppError, type Clock, type Logger } from '@ao/kernel';
import { adjust, type Adjustment } from '../domain/adjustment.js';
import { adjustmentKey, providerAccount, settlementKey } from '../domain/entry.js';
import type { PeriodBook } from '../domain/period-book.js';
import { COST_MAX } from '../domain/settlement.js';
import type { Wallet } from '../domain/wallet.js';
import type { LedgerReader } from './credit-ports.js';
import type { LedgerStore, LedgerTransaction, NewPeriod, WalletRepository } from './ports.js';
import { saveLedger } from './save-ledger.js';
import type { WalletEvents } from './wallet-events.js';

export const CORRECTIONS_CONSUMER = 'wallet-corrections';

type CostEvent = EventEnvelope<CostAdjustment>;

interface Plan {
  corrections: { eventId: string; adjustment: Adjustment }[];
  /** Of calls that cost nothing before: their periods may not be there yet. */
  periods: NewPeriod[];
  wallets: Map<string, Wallet>;
}

/** Moves what re-rated calls cost more or less on the wallets, and in the periods, that they were charged to. */
export class CorrectCosts {
  constructor(
    private readonly wallets: WalletRepository,
    private readonly store: LedgerStore,
    private readonly reader: LedgerReader,
    private readonly periods: PeriodBook,
    private readonly events: WalletEvents,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Safe to repeat. @throws AppError `invalid_parameter` for a difference that cannot be one. */
  async execute(batch: readonly CostEvent[]): Promise<void> {
    for (const { payload } of batch) requireSaneDifference(payload);
    const plan = await this.plan(batch.filter(({ payload }) => payload.difference !== 0n));
    if (plan.corrections.length === 0) return;
    await this.store.openPeriods(plan.periods, this.events.entriesPosted);
    await this.store.transact((transaction) => this.post(transaction, plan));
  }

  private async plan(events: readonly CostEvent[]): Promise<Plan> {
    const charges = events.flatMap(({ payload }) => payload.walletIds.map((walletId) => ({ walletId, payload })));
    const [wallets, chargedIn] = await Promise.all([
      this.wallets.findAll([...new Set(charges.map(({ walletId }) => walletId))]),
      this.reader.findPeriods(charges.map(({ walletId, payload }) => settlementKey(payload.requestId, walletId))),
    ]);
    const plan: Plan = { corrections: [], periods: [], wallets };
    for (const event of events) this.planOne(event, plan, chargedIn);
    return plan;
  }

  private planOne({ id: eventId, payload }: CostEvent, plan: Plan, chargedIn: ReadonlyMap<string, string>): void {
    const { adjustmentId, requestId, orgId, difference: amount, provider, startedAtMs, reason: note } = payload;
    const walletIds = [...new Set(payload.walletIds)];
    walletIds.forEach((walletId, index) => {
      const wallet = plan.wallets.get(walletId);
      const known = chargedIn.get(settlementKey(requestId, walletId));
      // A call that cost nothing has no entry, and nothing of it can come back.
      if (wallet?.orgId !== orgId || (known === undefined && amount < 0n)) {
        this.logger.error({ requestId, orgId, walletId, adjustmentId }, 'the ledger has no such call to correct');
        return;
      }
      const period = known === undefined ? this.periods.at(wallet, startedAtMs) : null;
      if (period) plan.periods.push({ wallet, period });
      const ref = { walletId, periodKey: known ?? period!.key };
      const passedUpBy = walletIds[index - 1] ?? null;
      const adjustment = { adjustmentId, orgId, ...ref, amount, passedUpBy, against: providerAccount(provider) };
      plan.corrections.push({ eventId, adjustment: { ...adjustment, requestId, note } });
    });
  }

  private async post(transaction: LedgerTransaction, { corrections, wallets }: Plan): Promise<void> {
    const nowMs = this.clock.nowMs();
    const eventIds = [...new Set(corrections.map(({ eventId }) => eventId))];
    const fresh = new Set(await transaction.claimEvents(CORRECTIONS_CONSUMER, eventIds));
    const periods = corrections.map(({ adjustment }) => adjustment);
    const { ledger } = await transaction.lock({ periods, creditsAtMs: nowMs });
    ledger.expireCredits(nowMs);
    const keyOf = ({ adjustmentId, walletId }: Adjustment): string => adjustmentKey(adjustmentId, walletId);
    // The inbox forgets: the ledger itself knows what it has.
    const posted = await transaction.postedKeys(periods.map(keyOf));
    for (const { eventId, adjustment } of corrections) {
      const key = keyOf(adjustment);
      if (!fresh.has(eventId) || posted.has(key)) continue;
      posted.add(key);
      adjust(ledger, adjustment);
    }
    await saveLedger(transaction, ledger, { wallets, events: this.events, nowMs });
  }
}

function requireSaneDifference({ adjustmentId, difference }: CostAdjustment): void {
  if (absUsd(difference) <= COST_MAX) return;
  const message = `The adjustment ${adjustmentId} cannot change a cost by ${difference} nano-dollars.`;
  throw new AppError('invalid_parameter', message, { param: 'difference' });
}
