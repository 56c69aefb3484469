/**
 * The rules of the ledger once more, written as plainly as possible: no locks, no counters that could drift, every sum
 * taken anew. What the service does over PostgreSQL must look the same.
 */
export interface ReferenceWallet {
  kind?: 'prepaid';
  limit: number | null;
  overdraftPercent: number;
  parent: number | null;
}

interface ReferenceLease {
  wallet: number;
  granted: number;
  used: number;
  returned: number;
  sequence: number;
  state: 'open' | 'closing' | 'ended';
  expiresAtMs: number;
}

/** What a prepaid wallet owns: money that expires, and the rest, below zero for a debt. */
interface ReferencePurse {
  expiring: { left: number; atMs: number }[];
  lasting: number;
  credited: number;
}

const TTL_MS = 60_000;
export const GRACE_MS = 120_000;

export class ReferenceLedger {
  private readonly leases: ReferenceLease[] = [];
  private readonly postings: { wallet: number; requestId: string; cost: number }[] = [];

  private readonly purses: ReferencePurse[];

  constructor(private readonly wallets: readonly ReferenceWallet[]) {
    this.purses = wallets.map(() => ({ expiring: [], lasting: 0, credited: 0 }));
  }

  credited(wallet: number): number {
    return this.purses.at(wallet)!.credited;
  }

  topUp(wallet: number, amount: number, expiresAtMs: number | null, nowMs: number): void {
    this.expireCredits(nowMs);
    const purse = this.purses.at(wallet)!;
    purse.credited += amount;
    const debt = Math.max(0, -purse.lasting);
    const lasting = expiresAtMs === null ? amount : Math.min(amount, debt);
    purse.lasting += lasting;
    if (expiresAtMs !== null) purse.expiring.push({ left: amount - lasting, atMs: expiresAtMs });
    purse.expiring.sort((a, b) => a.atMs - b.atMs);
  }

  /** Takes back what has expired, but for what leases hold: they hold what expires first. */
  expireCredits(nowMs: number): void {
    this.purses.forEach((purse, wallet) => {
      let held = this.held(wallet);
      for (const credit of purse.expiring) {
        const kept = Math.min(credit.left, held);
        held -= kept;
        if (credit.atMs > nowMs) continue;
        purse.credited -= credit.left - kept;
        credit.left = kept;
      }
    });
  }

  adjust(leaf: number, amount: number, nowMs: number): void {
    this.expireCredits(nowMs);
    for (const wallet of this.path(leaf)) this.post(wallet, 'adjustment', amount);
  }

  private post(wallet: number, requestId: string, cost: number): void {
    this.postings.push({ wallet, requestId, cost });
    const purse = this.purses.at(wallet)!;
    let rest = cost;
    for (const credit of purse.expiring) {
      const part = Math.max(0, Math.min(credit.left, rest));
      credit.left -= part;
      rest -= part;
    }
    purse.lasting -= rest;
  }

  spent(wallet: number): number {
    return sum(this.postings.filter((posting) => posting.wallet === wallet).map(({ cost }) => cost));
  }

  held(wallet: number): number {
    return sum(this.leases.filter((lease) => lease.wallet === wallet).map(remaining));
  }

  granted(lease: number): number {
    return this.leases.at(lease)!.granted;
  }

  /** The numbers of the new leases, leaf first, or the wallet that refuses and what it lacks. */
  acquire(
    leaf: number,
    min: number,
    wanted: number,
    nowMs: number,
  ): { leases: number[] } | { by: number; lacks: number } {
    const limited = this.path(leaf).filter((wallet) => this.isLimited(wallet));
    for (const wallet of limited) this.sweep(nowMs, wallet);
    this.expireCredits(nowMs);
    for (const wallet of limited) {
      if (this.available(wallet) < min) return { by: wallet, lacks: min - this.available(wallet) };
    }
    const leases = limited.map((wallet) => {
      const granted = Math.min(Math.max(min, wanted), this.available(wallet));
      const fresh = { used: 0, returned: 0, sequence: 0, state: 'open' as const, expiresAtMs: nowMs + TTL_MS };
      return this.leases.push({ wallet, granted, ...fresh }) - 1;
    });
    return { leases };
  }

  settle(requestId: string, leaf: number, leases: readonly number[], cost: number, nowMs: number): void {
    this.expireCredits(nowMs);
    for (const wallet of this.path(leaf)) {
      if (this.postings.some((posting) => posting.wallet === wallet && posting.requestId === requestId)) continue;
      if (cost > 0) this.post(wallet, requestId, cost);
      const lease = leases.map((number) => this.leases.at(number)!).find((one) => one.wallet === wallet);
      if (!lease) continue;
      lease.used += Math.min(cost, remaining(lease));
      end(lease);
    }
  }

  giveBack(number: number, sequence: number, amount: number, close: boolean): void {
    const lease = this.leases.at(number)!;
    if (sequence <= lease.sequence || lease.state === 'ended') return;
    lease.returned += Math.min(amount, remaining(lease));
    lease.sequence = sequence;
    if (close) lease.state = 'closing';
    end(lease);
  }

  renew(number: number, nowMs: number): void {
    const lease = this.leases.at(number)!;
    if (lease.state === 'open') lease.expiresAtMs = nowMs + TTL_MS;
  }

  sweep(nowMs: number, only?: number): void {
    for (const lease of this.leases) {
      const overdue = lease.expiresAtMs + GRACE_MS < nowMs && (only === undefined || lease.wallet === only);
      if (overdue) lease.state = 'ended';
    }
  }

  path(leaf: number): number[] {
    const { parent } = this.wallets.at(leaf)!;
    return parent === null ? [leaf] : [leaf, ...this.path(parent)];
  }

  private isLimited(wallet: number): boolean {
    const { kind, limit } = this.wallets.at(wallet)!;
    return kind === 'prepaid' || limit !== null;
  }

  private available(wallet: number): number {
    const { kind, limit, overdraftPercent } = this.wallets.at(wallet)!;
    if (kind === 'prepaid') return this.credited(wallet) - this.spent(wallet) - this.held(wallet);
    return Math.floor((limit! * (100 + overdraftPercent)) / 100) - this.spent(wallet) - this.held(wallet);
  }
}

const remaining = ({ state, granted, used, returned }: ReferenceLease): number =>
  state === 'ended' ? 0 : granted - used - returned;
const end = (lease: ReferenceLease): void => {
  if (lease.state === 'closing' && remaining(lease) === 0) lease.state = 'ended';
};
const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
