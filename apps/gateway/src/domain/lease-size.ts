import { maxUsd, minUsd, nanoUsd, type NanoUsd } from '@ao/kernel';

/** How long a lease should last at the present rate: rarely asked for, and little money lies idle (DESIGN §5). */
const LASTS_MS = 2_000;
/** The first lease of a payer, in calls of the present size. */
const CALLS_AT_FIRST = 20n;
/** From one lease to the next, so that a burst does not take a whole budget. */
const GROWTH_MAX = 8n;
const PAYERS_MAX = 50_000;

interface Granted {
  amount: NanoUsd;
  atMs: number;
}

/** Sizes leases by the burn rate of those who pay: what the last one held, over the time that it lasted. */
export class LeaseSizes {
  private readonly last = new Map<string, Granted>();

  /** What to ask for payers whose calls now cost at most `estimate` each. */
  next(payersKey: string, estimate: NanoUsd, nowMs: number): NanoUsd {
    const atFirst = nanoUsd(estimate * CALLS_AT_FIRST);
    const last = this.last.get(payersKey);
    if (!last) return atFirst;
    const lastedMs = BigInt(Math.max(1, Math.floor(nowMs - last.atMs)));
    const burnt = nanoUsd((last.amount * BigInt(LASTS_MS)) / lastedMs);
    return maxUsd(atFirst, minUsd(burnt, nanoUsd(last.amount * GROWTH_MAX)));
  }

  /** Remembers a grant. */
  granted(payersKey: string, amount: NanoUsd, nowMs: number): void {
    this.last.delete(payersKey);
    // The oldest goes first: a Map keeps the order of insertion.
    if (this.last.size >= PAYERS_MAX) this.last.delete(this.last.keys().next().value!);
    this.last.set(payersKey, { amount, atMs: nowMs });
  }
}
