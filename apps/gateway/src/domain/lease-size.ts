import { maxUsd, minUsd, nanoUsd, type NanoUsd } from '@ao/kernel';

/** How long a lease should last at the present rate: rarely asked for, and little money lies idle (DESIGN §5). */
const LASTS_MS = 2_000;
/** The first lease of a wallet, in calls of the present size. */
const CALLS_AT_FIRST = 20n;
/** From one lease to the next, so that a burst does not take a whole budget. */
const GROWTH_MAX = 8n;
const WALLETS_MAX = 50_000;

interface Granted {
  amount: NanoUsd;
  atMs: number;
}

/** Sizes leases by the burn rate of their wallet: what the last one held, over the time that it lasted. */
export class LeaseSizes {
  private readonly last = new Map<string, Granted>();

  /** What to ask for a wallet, whose calls now cost at most `estimate` each. */
  next(walletId: string, estimate: NanoUsd, nowMs: number): NanoUsd {
    const atFirst = nanoUsd(estimate * CALLS_AT_FIRST);
    const last = this.last.get(walletId);
    if (!last) return atFirst;
    const lastedMs = BigInt(Math.max(1, Math.floor(nowMs - last.atMs)));
    const burnt = nanoUsd((last.amount * BigInt(LASTS_MS)) / lastedMs);
    return maxUsd(atFirst, minUsd(burnt, nanoUsd(last.amount * GROWTH_MAX)));
  }

  /** Remembers a grant. */
  granted(walletId: string, amount: NanoUsd, nowMs: number): void {
    this.last.delete(walletId);
    // The oldest goes first: a Map keeps the order of insertion.
    if (this.last.size >= WALLETS_MAX) this.last.delete(this.last.keys().next().value!);
    this.last.set(walletId, { amount, atMs: nowMs });
  }
}
