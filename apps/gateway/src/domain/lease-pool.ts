import { ZERO_USD, maxUsd, minUsd, nanoUsd, type NanoUsd } from '@ao/kernel';

/** A wallet that a call is charged to; the wallet of the key stands first. */
export interface PathWallet {
  walletId: string;
  name: string;
  unlimited: boolean;
  costCenter?: string | null | undefined;
}

/** Money that the ledger holds for this gateway on one wallet. */
export interface Lease {
  leaseId: string;
  walletId: string;
  granted: NanoUsd;
  expiresAtMs: number;
  /** The money belongs to the period that ends here. */
  periodEndsAtMs: number | null;
}

/** What a reservation took from one wallet; no lease from an unlimited one. */
interface LeaseCharge {
  walletId: string;
  leaseId: string | null;
  reserved: NanoUsd;
}

/** A lease as its gateway keeps it: what of the grant is still free, and what of it requests in flight have taken. */
interface HeldLease {
  leaseId: string;
  walletId: string;
  /** Below zero while calls that cost more than they had reserved have eaten into what others still have reserved. */
  free: NanoUsd;
  /** Less than this left free: time to ask for the next one. */
  low: NanoUsd;
  reserved: NanoUsd;
  expiresAtMs: number;
  periodEndsAtMs: number | null;
  /** Counts the returns of this lease: the ledger ignores one that it has seen. */
  returnSequence: number;
  lastUsedAtMs: number;
}

export interface Reservation {
  /** Leaf first; a call that was extended may have several of one wallet, in the order in which it took them. */
  charges: LeaseCharge[];
  amount: NanoUsd;
  /** Of the leaf, or of the nearest wallet above it that has one. */
  costCenter: string | null;
}

export type ReserveOutcome =
  /** `low`: some lease, or what is known of the path, will soon be used up; better ask before a call has to wait. */
  | { kind: 'reserved'; reservation: Reservation; low: boolean }
  /** The wallets behind these payers are not known yet, or some of them have no lease with enough left. */
  | { kind: 'lease_needed'; enoughWalletIds: string[] };

/** What to tell the ledger about one lease. */
export interface LeaseReturn {
  leaseId: string;
  walletId: string;
  sequence: number;
  amount: NanoUsd;
  close: boolean;
}

interface KnownPath {
  wallets: PathWallet[];
  costCenter: string | null;
  freshUntilMs: number;
}

/** A lease is not given out in its last moments: the answer must reach the ledger while it still holds the money. */
const EXPIRY_MARGIN_MS = 2_000;
const LEASES_PER_WALLET_MAX = 8;
/** A wallet may get a limit or another cost centre: its path is asked for again after this time. */
const PATH_FRESH_MS = 60_000;
const PATH_AGING_MS = 45_000;
/** A lease is low at this part of its grant: enough to go on with while the next one is asked for. */
const LOW_DIVISOR = 2n;

/**
 * The money that this gateway may give out by itself: a pure data structure, no clock, no network. A reservation takes
 * its amount from one lease of every wallet that pays, all or none. Payers are named by a key of the caller's making: the
 * wallet of an API key and the budgets that apply to the call; which wallets those are, the wallet service tells (`add`).
 */
export class LeasePool {
  private readonly paths = new Map<string, KnownPath>();
  private readonly leases = new Map<string, HeldLease[]>();

  /** Takes `amount` from every wallet of the payers. */
  reserve(payersKey: string, amount: NanoUsd, nowMs: number): ReserveOutcome {
    const known = this.paths.get(payersKey);
    if (!known) return { kind: 'lease_needed', enoughWalletIds: [] };
    const path = known.wallets;
    const chosen = path.map((wallet) => (wallet.unlimited ? null : this.findLease(wallet.walletId, amount, nowMs)));
    const enough = path.filter((wallet, index) => !wallet.unlimited && chosen[index]);
    if (nowMs >= known.freshUntilMs || enough.length < path.filter((wallet) => !wallet.unlimited).length) {
      return { kind: 'lease_needed', enoughWalletIds: enough.map((wallet) => wallet.walletId) };
    }
    let low = nowMs >= known.freshUntilMs - PATH_FRESH_MS + PATH_AGING_MS;
    const charges = path.map(({ walletId }, index) => {
      const lease = chosen[index];
      if (lease) take(lease, amount, nowMs);
      if (lease && lease.free < lease.low) low = true;
      return { walletId, leaseId: lease?.leaseId ?? null, reserved: lease ? amount : ZERO_USD };
    });
    return { kind: 'reserved', reservation: { charges, amount, costCenter: known.costCenter }, low };
  }

  /** The wallets of the payers whose leases are neither used up nor low. */
  walletsAtEase(payersKey: string, amount: NanoUsd, nowMs: number): string[] {
    const path = this.paths.get(payersKey)?.wallets ?? [];
    return path.flatMap(({ walletId }) => {
      const lease = this.findLease(walletId, amount, nowMs);
      return lease && lease.free >= lease.low ? [walletId] : [];
    });
  }

  /**
   * Ends a reservation: what was not spent is free again at once. What was spent leaves the pool; the ledger takes it
   * from the lease when the usage record arrives. Spending above the reservation eats into the free part, and beyond that
   * into what other calls will free: the ledger draws it from the lease too, so it must not be given out again.
   *
   * Several charges of one wallet share the cost as the ledger divides it. Of a lease that was dropped nothing is known: the
   * others are held to pay in its place, which is never less than the ledger draws from them.
   */
  settle({ charges }: Reservation, spent: NanoUsd): void {
    const rests = new Map<string, NanoUsd>();
    charges.forEach(({ walletId, leaseId, reserved }, index) => {
      const lease = leaseId === null ? undefined : this.findById(walletId, leaseId);
      if (!lease) return;
      const rest = rests.get(walletId) ?? spent;
      const share = isLastOfWallet(charges, index) ? rest : minUsd(rest, reserved);
      rests.set(walletId, nanoUsd(rest - share));
      lease.reserved = nanoUsd(lease.reserved - reserved);
      lease.free = nanoUsd(lease.free + reserved - share);
    });
  }

  /** Takes in what the wallet service granted. */
  add(payersKey: string, path: PathWallet[], granted: Lease[], nowMs: number): void {
    const costCenter = path.find((wallet) => wallet.costCenter != null)?.costCenter ?? null;
    this.paths.set(payersKey, { wallets: path, costCenter, freshUntilMs: nowMs + PATH_FRESH_MS });
    for (const { leaseId, walletId, granted: free, expiresAtMs, periodEndsAtMs } of granted) {
      const held = this.leases.get(walletId) ?? [];
      if (held.some((lease) => lease.leaseId === leaseId)) continue;
      held.unshift({
        leaseId,
        walletId,
        free,
        low: nanoUsd(free / LOW_DIVISOR),
        reserved: ZERO_USD,
        expiresAtMs,
        periodEndsAtMs,
        returnSequence: 0,
        lastUsedAtMs: nowMs,
      });
      this.leases.set(walletId, held);
    }
  }

  /**
   * The leases to renew: those that calls under way still need, ended or not, and those used within `idleMs`. Who asks
   * may take only the first of them: they come by expiry, so that each has its turn.
   */
  dueForRenewal(nowMs: number, idleMs: number): string[] {
    return this.all()
      .filter((lease) => lease.reserved > 0n || (!ended(lease, nowMs) && nowMs - lease.lastUsedAtMs < idleMs))
      .sort((a, b) => a.expiresAtMs - b.expiresAtMs)
      .map((lease) => lease.leaseId);
  }

  /** Takes the free part out of the leases that are idle, ended or too many, for return to the ledger. */
  takeReturns(nowMs: number, idleMs: number): LeaseReturn[] {
    const isDue = (lease: HeldLease, index: number): boolean =>
      nowMs - lease.lastUsedAtMs >= idleMs || ended(lease, nowMs) || index >= LEASES_PER_WALLET_MAX;
    const returns = [...this.leases.keys()].flatMap((walletId) => this.takeOut(walletId, isDue));
    this.forgetPaths(nowMs);
    return returns;
  }

  /** Takes out what is free of these wallets, however lately used: somebody else needs it. */
  takeFree(walletIds: readonly string[]): LeaseReturn[] {
    return walletIds.flatMap((walletId) => this.takeOut(walletId, (lease) => lease.free > 0n));
  }

  /** Takes everything out: the gateway is stopping. */
  takeAll(nowMs: number): LeaseReturn[] {
    return this.takeReturns(nowMs, 0);
  }

  renewed(leaseId: string, expiresAtMs: number): void {
    const lease = this.all().find((one) => one.leaseId === leaseId);
    if (lease) lease.expiresAtMs = expiresAtMs;
  }

  /** The ledger no longer knows these: whatever is left in them must not be given out. */
  drop(leaseIds: readonly string[]): void {
    const gone = new Set(leaseIds);
    for (const held of this.leases.values()) this.keep(held, (lease) => !gone.has(lease.leaseId));
  }

  /** For metrics. */
  totals(): { leases: number; free: NanoUsd; reserved: NanoUsd } {
    const all = this.all();
    const sum = (pick: (lease: HeldLease) => bigint): NanoUsd =>
      nanoUsd(all.reduce((total, lease) => total + pick(lease), 0n));
    return {
      leases: all.length,
      free: sum((lease) => maxUsd(lease.free, ZERO_USD)),
      reserved: sum((lease) => lease.reserved),
    };
  }

  private takeOut(walletId: string, isDue: (lease: HeldLease, index: number) => boolean): LeaseReturn[] {
    const held = this.leases.get(walletId) ?? [];
    const returns = held.filter(isDue).flatMap((lease) => giveBack(lease) ?? []);
    const closed = new Set(returns.filter(({ close }) => close).map(({ leaseId }) => leaseId));
    this.keep(held, (lease) => !closed.has(lease.leaseId));
    if (held.length === 0) this.leases.delete(walletId);
    return returns;
  }

  private findLease(walletId: string, amount: NanoUsd, nowMs: number): HeldLease | undefined {
    return this.leases.get(walletId)?.find((lease) => lease.free >= amount && !ended(lease, nowMs));
  }

  private findById(walletId: string, leaseId: string): HeldLease | undefined {
    return this.leases.get(walletId)?.find((lease) => lease.leaseId === leaseId);
  }

  private all(): HeldLease[] {
    return [...this.leases.values()].flat();
  }

  /** Of wallets that nobody calls with any more. */
  private forgetPaths(nowMs: number): void {
    for (const [payersKey, { freshUntilMs }] of this.paths) {
      if (nowMs >= freshUntilMs + PATH_FRESH_MS) this.paths.delete(payersKey);
    }
  }

  private keep(held: HeldLease[], predicate: (lease: HeldLease) => boolean): void {
    held.splice(0, held.length, ...held.filter(predicate));
  }
}

function take(lease: HeldLease, amount: NanoUsd, nowMs: number): void {
  lease.free = nanoUsd(lease.free - amount);
  lease.reserved = nanoUsd(lease.reserved + amount);
  lease.lastUsedAtMs = nowMs;
}

function isLastOfWallet(charges: readonly LeaseCharge[], index: number): boolean {
  const { walletId } = charges[index]!;
  return !charges.some((other, at) => at > index && other.walletId === walletId && other.leaseId !== null);
}

/** Takes the free part out of a lease; null when there is nothing to tell. */
function giveBack(lease: HeldLease): LeaseReturn | null {
  const close = lease.reserved === 0n;
  const amount = maxUsd(lease.free, ZERO_USD);
  if (amount === 0n && !close) return null;
  lease.returnSequence += 1;
  lease.free = nanoUsd(lease.free - amount);
  const { leaseId, walletId, returnSequence: sequence } = lease;
  return { leaseId, walletId, sequence, amount, close };
}

function ended(lease: HeldLease, nowMs: number): boolean {
  return (
    nowMs >= lease.expiresAtMs - EXPIRY_MARGIN_MS || (lease.periodEndsAtMs !== null && nowMs >= lease.periodEndsAtMs)
  );
}
