import type { EncodedEvent } from '@ao/bus';
import { answersRequest, needsTopUp } from '../domain/auto-top-up.js';
import { budgetOf } from '../domain/balance.js';
import type { Entry } from '../domain/entry.js';
import { periodRefKey, type Ledger, type PeriodRef } from '../domain/ledger.js';
import { reachedThresholds, type Crossing } from '../domain/threshold.js';
import type { Wallet } from '../domain/wallet.js';
import type { LedgerTransaction } from './ports.js';
import type { WalletEvents } from './wallet-events.js';

interface Saving {
  /** Of all that is locked; those that are missing are told of nothing but their entries. */
  wallets: ReadonlyMap<string, Wallet>;
  events: WalletEvents;
  nowMs: number;
  /** The caller's own request id by the billed one: what a person searches for. */
  correlationIds?: ReadonlyMap<string, string>;
  /** Told of besides. */
  more?: readonly EncodedEvent[];
}

/** Writes what was decided on a locked ledger, and tells of all that follows: entries, thresholds, top-ups needed. */
export async function saveLedger(transaction: LedgerTransaction, ledger: Ledger, saving: Saving): Promise<void> {
  const { wallets, events, nowMs, correlationIds, more = [] } = saving;
  const crossings = await transaction.recordCrossings(crossingsOf(ledger, wallets), nowMs);
  const requests = requestTopUps(ledger, saving);
  const posted = events.entriesPosted(ledger.changes.entries);
  await transaction.save(ledger, posted.entries, [
    ...posted.events,
    ...crossings.map((crossing) => events.thresholdCrossed(crossing, correlationIds?.get(crossing.requestId ?? ''))),
    ...requests,
    ...more,
  ]);
}

function crossingsOf(ledger: Ledger, wallets: ReadonlyMap<string, Wallet>): Crossing[] {
  const byPeriod = new Map<string, Entry[]>();
  for (const entry of ledger.changes.entries) {
    const key = periodRefKey(entry);
    const entries = byPeriod.get(key);
    if (entries) entries.push(entry);
    else byPeriod.set(key, [entry]);
  }
  return [...byPeriod.values()].flatMap((entries) => {
    const wallet = wallets.get(entries[0]!.walletId);
    if (!wallet) return [];
    const limit = budgetOf(wallet, ledger.balance(entries[0]!));
    return reachedThresholds(wallet, limit, ledger.before(entries[0]!).posted, entries);
  });
}

/** Also of wallets that nothing was taken from: a wallet that is empty refuses, and needs money all the same. */
function requestTopUps(ledger: Ledger, { wallets, events, nowMs }: Saving): EncodedEvent[] {
  return ledger.locks.flatMap((balance) => {
    const wallet = wallets.get(balance.walletId);
    if (!wallet || !needsTopUp(wallet, balance)) return [];
    ledger.requestTopUp(balance, nowMs);
    return [events.autoTopUpRequested(wallet, balance)];
  });
}

/** To be called after a top-up, before saving: a request that it answers is over, and the next one may follow. */
export function endTopUpRequest(ledger: Ledger, ref: PeriodRef, wallet: Wallet, toppedUp: Entry['amount']): void {
  const balance = ledger.balance(ref);
  if (balance.credit.topUpRequestedAtMs === null) return;
  if (answersRequest(wallet, balance, toppedUp)) ledger.requestTopUp(ref, null);
}
