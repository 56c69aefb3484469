import { maxUsd, minUsd, nanoUsd, ZERO_USD, type NanoUsd } from '@ao/kernel';
import type { PeriodBalance } from './balance.js';
import { bySpendingOrder, drawSpending, nextExpiryOf, takeExpired, type Credit, type CreditState } from './credit.js';
import { creditAccount, effectOf, EXPIRED_ACCOUNT, expiryKey, type Entry } from './entry.js';
import { isHolding, remainingOf, type Lease } from './lease.js';

/** One wallet in one period: the unit that is locked. */
export interface PeriodRef {
  walletId: string;
  periodKey: string;
}

export const periodRefKey = ({ walletId, periodKey }: PeriodRef): string => `${walletId}\n${periodKey}`;

/** What is to be written back. */
export interface LedgerChanges {
  balances: PeriodBalance[];
  leases: Lease[];
  granted: Lease[];
  entries: Entry[];
  /** The balances whose credits changed. */
  creditStates: PeriodBalance[];
  credits: Credit[];
}

/**
 * The part of the ledger that a transaction has locked, as a working copy. Every method keeps the law that a balance
 * holds exactly what its leases have left, and that it has posted exactly its entries; `changes` is what to write back.
 */
export class Ledger {
  private readonly balances: Map<string, PeriodBalance>;
  private readonly original: ReadonlyMap<string, PeriodBalance>;
  private readonly leases: Map<string, Lease>;
  /** By period, in the order of spending. */
  private readonly credits = new Map<string, Credit[]>();
  private readonly touched = { balances: new Set<PeriodBalance>(), leases: new Set<Lease>() };
  private readonly granted: Lease[] = [];
  private readonly entries: Entry[] = [];

  constructor(balances: readonly PeriodBalance[], leases: readonly Lease[] = [], credits: readonly Credit[] = []) {
    this.original = new Map(balances.map((balance) => [periodRefKey(balance), balance]));
    for (const credit of credits.toSorted(bySpendingOrder)) this.creditsIn(credit).push({ ...credit });
    this.balances = new Map(balances.map((balance) => [periodRefKey(balance), { ...balance }]));
    this.leases = new Map(leases.map((lease) => [lease.id, { ...lease }]));
  }

  /** @throws Error when it was not locked: a decision on it would be a guess. */
  balance(ref: PeriodRef): Readonly<PeriodBalance> {
    return this.locked(ref);
  }

  /** All that is locked, in the order of the locks. */
  get locks(): readonly Readonly<PeriodBalance>[] {
    return [...this.balances.values()];
  }

  /** As it was when it was locked. */
  before(ref: PeriodRef): Readonly<PeriodBalance> {
    this.locked(ref);
    return this.original.get(periodRefKey(ref))!;
  }

  /** Holds money for a new lease, out of what the wallet can spend at all in the period. */
  hold(lease: Lease, spendable: NanoUsd): void {
    const balance = this.touch(lease);
    balance.held = nanoUsd(balance.held + lease.granted);
    balance.spendableMax = maxUsd(balance.spendableMax ?? spendable, spendable);
    this.granted.push(lease);
  }

  /** Keeps a lease until the given time. False when it no longer gives anything out. */
  renew(leaseId: string, expiresAtMs: number): boolean {
    const lease = this.leases.get(leaseId);
    if (lease?.state !== 'open') return false;
    this.change(lease, { expiresAtMs: Math.max(lease.expiresAtMs, expiresAtMs) });
    return true;
  }

  /** Takes money back from a gateway, once per sequence. False when the lease holds nothing any more. */
  giveBack(leaseId: string, back: { sequence: number; amount: NanoUsd; close: boolean }): boolean {
    const lease = this.leases.get(leaseId);
    if (!lease) return false;
    if (back.sequence <= lease.returnSequence) return true;
    if (!isHolding(lease)) return false;
    // A gateway that gives back what it also reports as spent gets the smaller: the ledger holds no less than nothing.
    const amount = minUsd(back.amount, remainingOf(lease));
    this.release(lease, amount);
    const returned = nanoUsd(lease.returned + amount);
    this.change(lease, { returned, returnSequence: back.sequence, state: back.close ? 'closing' : lease.state });
    this.closeWhenEmpty(lease);
    return true;
  }

  /** Releases what the lease has left, for good. */
  expire(leaseId: string): void {
    const lease = this.leases.get(leaseId);
    if (!lease || !isHolding(lease)) return;
    this.release(lease, remainingOf(lease));
    this.change(lease, { state: 'expired' });
  }

  /** Takes up to `cost` out of what the lease holds; gives what it took, nothing for a lease that holds nothing. */
  draw(leaseId: string, cost: NanoUsd): NanoUsd {
    const lease = this.leases.get(leaseId);
    if (!lease || !isHolding(lease)) return ZERO_USD;
    const amount = minUsd(cost, remainingOf(lease));
    this.release(lease, amount);
    this.change(lease, { used: nanoUsd(lease.used + amount) });
    this.closeWhenEmpty(lease);
    return amount;
  }

  post(entry: Entry): void {
    const balance = this.touch(entry);
    const { spent, credited } = effectOf(entry);
    balance.posted = nanoUsd(balance.posted + spent);
    if (spent < 0n) this.changeCredit(balance, { refunded: nanoUsd(balance.credit.refunded - spent) });
    if (credited !== 0n) this.changeCredit(balance, { credited: nanoUsd(balance.credit.credited + credited) });
    this.entries.push(entry);
  }

  /** Posts a top-up. @param credit Null: it never expires. The other credits of the wallet must have been read. */
  topUp(entry: Entry, credit: Credit | null): void {
    this.drawCredits(this.touch(entry));
    this.post(entry);
    if (!credit) return;
    this.creditsIn(credit).push(credit);
    this.creditsIn(credit).sort(bySpendingOrder);
    this.drawCredits(this.touch(entry));
  }

  /** Takes back what has expired of the credits that were read. To be done before anything is decided. */
  expireCredits(nowMs: number): void {
    for (const credits of this.credits.values()) {
      const [first] = credits;
      if (!first) continue;
      const balance = this.touch(first);
      this.drawCredits(balance);
      for (const [credit, amount] of takeExpired(balance.held, credits, nowMs)) this.post(expiryOf(credit, amount));
      this.changeCredit(balance, { nextExpiryAtMs: nextExpiryOf(credits) });
    }
  }

  /** Remembers that somebody was asked for money, or (null) that it came. */
  requestTopUp(ref: PeriodRef, atMs: number | null): void {
    this.changeCredit(this.touch(ref), { topUpRequestedAtMs: atMs });
  }

  /** Of the credits that were read, as they are now. */
  creditOf(ref: PeriodRef, creditId: string): Readonly<Credit> | undefined {
    return this.creditsIn(ref).find(({ id }) => id === creditId);
  }

  get changes(): LedgerChanges {
    const { balances, leases } = this.touched;
    return {
      balances: [...balances],
      leases: [...leases],
      granted: this.granted,
      entries: this.entries,
      creditStates: [...balances].filter((balance) => balance.credit !== this.before(balance).credit),
      credits: [...this.credits.values()].flat(),
    };
  }

  private creditsIn(ref: PeriodRef): Credit[] {
    const key = periodRefKey(ref);
    const credits = this.credits.get(key) ?? [];
    this.credits.set(key, credits);
    return credits;
  }

  private drawCredits(balance: PeriodBalance): void {
    const credits = this.creditsIn(balance);
    this.changeCredit(balance, drawSpending(balance, credits));
    this.changeCredit(balance, { nextExpiryAtMs: nextExpiryOf(credits) });
  }

  private changeCredit(balance: PeriodBalance, to: Partial<CreditState>): void {
    balance.credit = { ...balance.credit, ...to };
  }

  private release(lease: Lease, amount: NanoUsd): void {
    const balance = this.touch(lease);
    balance.held = nanoUsd(balance.held - amount);
  }

  private closeWhenEmpty(lease: Lease): void {
    if (lease.state === 'closing' && remainingOf(lease) === 0n) this.change(lease, { state: 'closed' });
  }

  private change(lease: Lease, to: Partial<Lease>): void {
    Object.assign(lease, to);
    this.touched.leases.add(lease);
  }

  private touch(ref: PeriodRef): PeriodBalance {
    const balance = this.locked(ref);
    this.touched.balances.add(balance);
    return balance;
  }

  private locked(ref: PeriodRef): PeriodBalance {
    const balance = this.balances.get(periodRefKey(ref));
    if (!balance) throw new Error(`the balance of ${ref.walletId} in ${ref.periodKey} is not locked`);
    return balance;
  }
}

const expiryOf = ({ id, orgId, walletId, periodKey, expired }: Credit, amount: NanoUsd): Entry => ({
  idempotencyKey: expiryKey(id, expired),
  walletId,
  orgId,
  periodKey,
  kind: 'expiry',
  amount,
  debitAccount: creditAccount(walletId),
  creditAccount: EXPIRED_ACCOUNT,
  requestId: null,
  leaseId: null,
});
