import { spendableMax, type WalletTables } from '@ao/wallet/simulation';

interface KnownLimit {
  /** Null: unlimited. */
  spendable: bigint | null;
  fromMs: number;
}

/** What each wallet could spend, at every time. */
export class LimitHistory {
  private readonly known = new Map<string, KnownLimit[]>();

  constructor(private readonly tables: WalletTables) {}

  /** To be called whenever limits may have changed. */
  note(nowMs: number): void {
    for (const { wallet } of this.tables.wallets.all()) {
      const known = this.known.get(wallet.id) ?? [];
      this.known.set(wallet.id, known);
      const spendable = spendableMax(wallet);
      if (known.length === 0 || known.at(-1)!.spendable !== spendable) known.push({ spendable, fromMs: nowMs });
    }
  }

  /** The most that could be spent at some time since then; null: without limit. */
  mostSince(walletId: string, sinceMs: number): bigint | null {
    const inForce = this.inForceSince(walletId, sinceMs);
    return inForce.includes(null) ? null : inForce.reduce((most, one) => (one! > most! ? one : most), 0n);
  }

  /** The least; null when there was no limit at any time. */
  leastSince(walletId: string, sinceMs: number): bigint | null {
    const limits = this.inForceSince(walletId, sinceMs).filter((one) => one !== null);
    return limits.length === 0 ? null : limits.reduce((least, one) => (one < least ? one : least));
  }

  private inForceSince(walletId: string, sinceMs: number): (bigint | null)[] {
    const known = this.known.get(walletId)!;
    const later = known.findIndex(({ fromMs }) => fromMs > sinceMs);
    return known.slice(Math.max(0, (later < 0 ? known.length : later) - 1)).map(({ spendable }) => spendable);
  }
}
