import { AppError, ZERO_USD, type Clock, type IdGenerator, type Logger, type NanoUsd } from '@ao/kernel';
import { extendReservation } from '../domain/extend-reservation.js';
import type { LeasePool, LeaseReturn, Reservation } from '../domain/lease-pool.js';
import { LeaseQuestions } from './lease-questions.js';
import type { Payers } from './payers.js';
import type { LeaseBroker } from './ports.js';

/** Leases that are granted and of no use all the same: the clocks of this gateway and the wallet service differ. */
const USELESS_LEASES_MAX = 5;
/** After a refusal the wallet service is asked ahead again no sooner than this. */
const ASK_AHEAD_PAUSE_MS = 1_000;
const PAYERS_PAUSED_MAX = 10_000;
const SYNC_LEASES_MAX = 1_000;

interface BudgetOptions {
  gatewayId: string;
  clock: Clock;
  ids: IdGenerator;
  logger: Logger;
  leaseIdleMs: number;
}

/** A question under way. */
interface Asking {
  /** Counts all questions of this gateway. */
  number: number;
  amount: NanoUsd;
  ended: Promise<void>;
}

/** Reserves money for calls: from the leases at hand without any wait, else from the wallet service. */
export class Budget {
  /** One question per payers at a time: those behind it look first at what it brought. */
  private readonly asking = new Map<string, Asking>();
  private asked = 0;
  private readonly questions: LeaseQuestions;
  /** When payers that had no more may be asked ahead again. */
  private readonly askAheadFromMs = new Map<string, number>();
  /** Returns that the wallet service has not confirmed; sent again with the same sequence. */
  private unconfirmed: LeaseReturn[] = [];
  private syncing: Promise<void> | null = null;

  constructor(
    private readonly pool: LeasePool,
    private readonly broker: LeaseBroker,
    private readonly options: BudgetOptions,
  ) {
    this.questions = new LeaseQuestions(pool, broker, options);
  }

  /**
   * Takes `amount` from every payer.
   * @returns null when nobody pays.
   * @throws AppError `wallet_exhausted` or `budget_exceeded` naming the wallet and the shortfall; `backend_unavailable`
   * when the wallet service is needed and away: money fails closed.
   */
  reserve(payers: Payers | null, amount: NanoUsd): Reservation | null | Promise<Reservation> {
    if (payers === null) return null;
    const nowMs = this.options.clock.nowMs();
    const outcome = this.pool.reserve(payers.key, amount, nowMs);
    if (outcome.kind !== 'reserved') return this.reserveWithLease(payers, amount);
    if (outcome.low && !this.asking.has(payers.key)) this.askAhead(payers, amount, nowMs);
    return outcome.reservation;
  }

  /**
   * Takes `amount` from the leases at hand or not at all: no question, no wait.
   * @returns null when they have too little. `isLow`: what is left should go to calls that need it.
   */
  reserveAtOnce(payers: Payers, amount: NanoUsd): { reservation: Reservation; isLow: boolean } | null {
    const outcome = this.pool.reserve(payers.key, amount, this.options.clock.nowMs());
    return outcome.kind === 'reserved' ? { reservation: outcome.reservation, isLow: outcome.low } : null;
  }

  /**
   * Lets a call under way spend what a further reservation took as well.
   * @throws AppError `wallet_exhausted` when the two cannot settle as one; the further one is then undone.
   */
  extend(reservation: Reservation, further: Reservation): void {
    if (extendReservation(reservation, further)) return;
    this.pool.settle(further, ZERO_USD);
    throw new AppError(
      'wallet_exhausted',
      'The wallets of this call were changed, or have too little left at once, while it ran. Send the request again.',
    );
  }

  /** Ends a reservation; what was not spent can be given out again at once. */
  settle(reservation: Reservation | null, spent: NanoUsd): void {
    if (reservation) this.pool.settle(reservation, spent);
  }

  /**
   * Gives up what is free of these wallets, for a call elsewhere that would be refused otherwise. The next `sync` repeats
   * it, in case the answer is lost.
   */
  giveBack(walletIds: readonly string[]): LeaseReturn[] {
    this.unconfirmed.push(...this.pool.takeFree(walletIds));
    // With what is on its way already: a later sequence would make the ledger ignore an earlier one.
    return this.unconfirmed.filter(({ walletId }) => walletIds.includes(walletId)).slice(0, SYNC_LEASES_MAX);
  }

  /** Renews leases in use and returns idle ones. Called regularly; one call at a time. */
  sync(): Promise<void> {
    this.syncing ??= this.syncOnce(this.options.leaseIdleMs).finally(() => (this.syncing = null));
    return this.syncing;
  }

  /** Gives everything back; for a stop. */
  async close(): Promise<void> {
    await this.syncing;
    await this.syncOnce(0);
  }

  private async reserveWithLease(payers: Payers, amount: NanoUsd): Promise<Reservation> {
    const arrivedAt = this.asked;
    for (let asked = 0; ;) {
      const outcome = this.pool.reserve(payers.key, amount, this.options.clock.nowMs());
      if (outcome.kind === 'reserved') return outcome.reservation;
      const running = this.asking.get(payers.key);
      if (running) {
        // A question that began after this call came speaks for it too, when it asked for no more than this.
        const speaksForThis = running.number > arrivedAt && running.amount <= amount;
        await running.ended.catch((error: unknown) => {
          if (speaksForThis) throw error;
        });
        continue;
      }
      if (asked === USELESS_LEASES_MAX) throw noUsableLease();
      asked += 1;
      // The question brings at least `amount` or throws; should another call be quicker to take it, ask once more.
      const reservation = await this.askAndTake(payers, amount, outcome.enoughWalletIds);
      if (reservation) return reservation;
    }
  }

  private async askAndTake(payers: Payers, amount: NanoUsd, skipWalletIds: string[]): Promise<Reservation | null> {
    let reservation: Reservation | null = null;
    await this.ask(payers, amount, skipWalletIds, true, () => {
      const outcome = this.pool.reserve(payers.key, amount, this.options.clock.nowMs());
      if (outcome.kind === 'reserved') reservation = outcome.reservation;
    });
    return reservation;
  }

  /** Gets the next lease while the present one lasts, so that no call has to wait for it. */
  private askAhead(payers: Payers, amount: NanoUsd, nowMs: number): void {
    if (nowMs < (this.askAheadFromMs.get(payers.key) ?? 0)) return;
    this.askAheadFromMs.delete(payers.key);
    this.ask(payers, amount, this.pool.walletsAtEase(payers.key, amount, nowMs), false).catch(() => {
      // Whoever really needs the money will ask, and be told why there is none.
      if (this.askAheadFromMs.size >= PAYERS_PAUSED_MAX) this.askAheadFromMs.clear();
      this.askAheadFromMs.set(payers.key, nowMs + ASK_AHEAD_PAUSE_MS);
    });
  }

  /** @param onGranted Runs before anybody else can take from what was granted. */
  private ask(
    payers: Payers,
    amount: NanoUsd,
    skipWalletIds: string[],
    mayRecall: boolean,
    onGranted: () => void = () => undefined,
  ): Promise<void> {
    const number = (this.asked += 1);
    const ended = this.questions
      .ask(payers, { amount, skipWalletIds, mayRecall })
      .then(onGranted)
      .finally(() => this.asking.delete(payers.key));
    // What is asked ahead brings no refusal to anybody: nobody was made to give anything back for it.
    this.asking.set(payers.key, { number: mayRecall ? number : 0, amount, ended });
    return ended;
  }

  private async syncOnce(idleMs: number): Promise<void> {
    const { clock, gatewayId, logger } = this.options;
    const nowMs = clock.nowMs();
    await this.questions.askAgain();
    const renew = idleMs === 0 ? [] : this.pool.dueForRenewal(nowMs, idleMs);
    this.unconfirmed.push(...this.pool.takeReturns(nowMs, idleMs));
    if (renew.length === 0 && this.unconfirmed.length === 0) return;
    const returns = this.unconfirmed.slice(0, SYNC_LEASES_MAX);
    try {
      const { renewed, gone } = await this.broker.sync({ gatewayId, renew: renew.slice(0, SYNC_LEASES_MAX), returns });
      this.unconfirmed = this.unconfirmed.slice(returns.length);
      for (const { leaseId, expiresAtMs } of renewed) this.pool.renewed(leaseId, expiresAtMs);
      this.pool.drop(gone);
    } catch (error) {
      // The leases run out by themselves; what could not be returned is returned next time.
      logger.warn({ err: error, returns: returns.length }, 'budget leases could not be synchronised');
    }
  }
}

function noUsableLease(): AppError {
  return new AppError('backend_unavailable', 'No money could be held for this call. Try again shortly.', {
    internal: 'budget leases arrive ended: compare the clocks of the gateway and of the wallet service',
    retryAfterSeconds: 1,
  });
}
