import { maxUsd, minUsd, nanoUsd, ZERO_USD, type NanoUsd } from '@ao/kernel';
import type { PeriodBalance } from './balance.js';
import type { Entry } from './entry.js';
import { isHolding, remainingOf, type Lease } from './lease.js';

/** One wallet in one period: the unit that is locked. */
export interface PeriodRef {
  walletId: string;
  periodKey: string;
}

export const periodRefKey = ({ walletId, periodKey }: PeriodRef): string => `${walletId}\n${periodKey}`;

/**
 * The part of the ledger that a transaction has locked, as a working copy. Every method keeps the law that a balance
 * holds exactly what its leases have left, and that it has posted and moved exactly its entries; `changes` is what to write back.
 */
export class Ledger {
  private readonly balances: Map<string, PeriodBalance>;
  private readonly leases: Map<string, Lease>;
  private readonly touched = { balances: new Set<PeriodBalance>(), leases: new Set<Lease>() };
  private readonly granted: Lease[] = [];
  private readonly entries: Entry[] = [];

  constructor(balances: readonly PeriodBalance[], leases: readonly Lease[] = []) {
    this.balances = new Map(balances.map((balance) => [periodRefKey(balance), { ...balance }]));
    this.leases = new Map(leases.map((lease) => [lease.id, { ...lease }]));
  }

  /** @throws Error when it was not locked: a decision on it would be a guess. */
  balance(ref: PeriodRef): Readonly<PeriodBalance> {
    return this.locked(ref);
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
    balance.posted = nanoUsd(balance.posted + entry.amount);
    this.entries.push(entry);
  }

  /** Records what a transfer brought or took: the budget changes, what was spent does not. */
  move(entry: Entry & { kind: 'transfer_in' | 'transfer_out' }): void {
    const balance = this.touch(entry);
    const side = entry.kind === 'transfer_in' ? 'transferredIn' : 'transferredOut';
    balance[side] = nanoUsd(balance[side] + entry.amount);
    this.entries.push(entry);
  }

  get changes(): { balances: PeriodBalance[]; leases: Lease[]; granted: Lease[]; entries: Entry[] } {
    const { balances, leases } = this.touched;
    return { balances: [...balances], leases: [...leases], granted: this.granted, entries: this.entries };
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
