import type { Principal } from '@ao/contracts';
import {
  AppError,
  ZERO_USD,
  formatUsd,
  maxUsd,
  nanoUsd,
  type Clock,
  type IdGenerator,
  type Logger,
  type NanoUsd,
} from '@ao/kernel';
import { extendReservation } from '../domain/extend-reservation.js';
import type { LeasePool, LeaseReturn, Reservation } from '../domain/lease-pool.js';
import { LeaseSizes } from '../domain/lease-size.js';
import type { LeaseBroker } from './ports.js';

/** Leases that are granted and of no use all the same: the clocks of this gateway and the wallet service differ. */
const USELESS_LEASES_MAX = 5;
/** After a refusal the wallet service is asked ahead again no sooner than this. */
const ASK_AHEAD_PAUSE_MS = 1_000;
const WALLETS_PAUSED_MAX = 10_000;
const SYNC_LEASES_MAX = 1_000;

interface BudgetOptions {
  gatewayId: string;
  clock: Clock;
  ids: IdGenerator;
  logger: Logger;
  leaseIdleMs: number;
}

/** Reserves money for calls: from the leases at hand without any wait, else from the wallet service. */
export class Budget {
  /** One question per wallet at a time: those behind it look first at what it brought. */
  private readonly asking = new Map<string, Promise<void>>();
  private readonly sizes = new LeaseSizes();
  /** When a wallet that had no more may be asked ahead again. */
  private readonly askAheadFromMs = new Map<string, number>();
  /** Returns that the wallet service has not confirmed; sent again with the same sequence. */
  private unconfirmed: LeaseReturn[] = [];
  private syncing: Promise<void> | null = null;

  constructor(
    private readonly pool: LeasePool,
    private readonly broker: LeaseBroker,
    private readonly options: BudgetOptions,
  ) {}

  /**
   * Takes `amount` from the caller's wallet and all above it.
   * @returns null when the caller has no wallet.
   * @throws AppError `wallet_exhausted` naming the wallet and the shortfall; `backend_unavailable` when the wallet
   * service is needed and away: money fails closed.
   */
  reserve(principal: Principal, amount: NanoUsd): Reservation | null | Promise<Reservation> {
    if (principal.walletId === null) return null;
    const { orgId, walletId } = principal;
    const nowMs = this.options.clock.nowMs();
    const outcome = this.pool.reserve(walletId, amount, nowMs);
    if (outcome.kind !== 'reserved') return this.reserveWithLease(orgId, walletId, amount);
    if (outcome.low && !this.asking.has(walletId)) this.askAhead(orgId, walletId, amount, nowMs);
    return outcome.reservation;
  }

  /**
   * Takes `amount` from the leases at hand or not at all: no question, no wait.
   * @returns null when they have too little. `isLow`: what is left should go to calls that need it.
   */
  reserveAtOnce(principal: Principal, amount: NanoUsd): { reservation: Reservation; isLow: boolean } | null {
    if (principal.walletId === null) return null;
    const outcome = this.pool.reserve(principal.walletId, amount, this.options.clock.nowMs());
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

  private async reserveWithLease(orgId: string, walletId: string, amount: NanoUsd): Promise<Reservation> {
    for (let asked = 0; ;) {
      const outcome = this.pool.reserve(walletId, amount, this.options.clock.nowMs());
      if (outcome.kind === 'reserved') return outcome.reservation;
      const running = this.asking.get(walletId);
      if (running) {
        await running.catch(() => undefined);
        continue;
      }
      if (asked === USELESS_LEASES_MAX) throw noUsableLease();
      asked += 1;
      // The question brings at least `amount` or throws; should another call be quicker to take it, ask once more.
      await this.askOnce(orgId, walletId, amount, outcome.enoughWalletIds);
    }
  }

  /** Gets the next lease while the present one lasts, so that no call has to wait for it. */
  private askAhead(orgId: string, walletId: string, amount: NanoUsd, nowMs: number): void {
    if (nowMs < (this.askAheadFromMs.get(walletId) ?? 0)) return;
    this.askAheadFromMs.delete(walletId);
    this.askOnce(orgId, walletId, amount, this.pool.walletsAtEase(walletId, amount, nowMs)).catch(() => {
      // Whoever really needs the money will ask, and be told why there is none.
      if (this.askAheadFromMs.size >= WALLETS_PAUSED_MAX) this.askAheadFromMs.clear();
      this.askAheadFromMs.set(walletId, nowMs + ASK_AHEAD_PAUSE_MS);
    });
  }

  private askOnce(orgId: string, walletId: string, amount: NanoUsd, skipWalletIds: string[]): Promise<void> {
    const question = this.ask(orgId, walletId, amount, skipWalletIds).finally(() => this.asking.delete(walletId));
    this.asking.set(walletId, question);
    return question;
  }

  private async ask(orgId: string, walletId: string, amount: NanoUsd, skipWalletIds: string[]): Promise<void> {
    const { gatewayId, ids, clock } = this.options;
    const amountMin = maxUsd(amount, nanoUsd(1n));
    const answer = await this.broker.acquire({
      acquisitionId: ids.next('acq'),
      gatewayId,
      orgId,
      walletId,
      amountMin,
      amountWanted: this.sizes.next(walletId, amountMin, clock.nowMs()),
      skipWalletIds,
    });
    if (answer.kind === 'granted') {
      const largest = answer.leases.reduce((most, { granted }) => maxUsd(most, granted), ZERO_USD);
      if (largest > 0n) this.sizes.granted(walletId, largest, clock.nowMs());
      return this.pool.add(walletId, answer.path, answer.leases, clock.nowMs());
    }
    const { reason, walletName, shortfall } = answer;
    if (reason !== 'exhausted') {
      throw new AppError(
        'wallet_exhausted',
        `The wallet "${walletName}" of this key is ${reason === 'inactive' ? 'deactivated' : 'gone'}.`,
        { details: { wallet_id: answer.walletId } },
      );
    }
    throw new AppError(
      'wallet_exhausted',
      `The wallet "${walletName}" cannot pay for this call: ${formatUsd(shortfall)} USD are missing. ` +
        'Lower max_tokens, wait for the next period, or ask for a larger limit.',
      { details: { wallet_id: answer.walletId, shortfall_usd: formatUsd(shortfall) } },
    );
  }

  private async syncOnce(idleMs: number): Promise<void> {
    const { clock, gatewayId, logger } = this.options;
    const nowMs = clock.nowMs();
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
