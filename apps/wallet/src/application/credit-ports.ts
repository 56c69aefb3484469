import type { NanoUsd } from '@ao/kernel';
import type { WalletEntryKind } from '@ao/contracts';
import type { Ledger, PeriodRef } from '../domain/ledger.js';

/** A top-up as it was asked for. */
export interface TopUp {
  id: string;
  orgId: string;
  walletId: string;
  amount: NanoUsd;
  expiresAtMs: number | null;
  reference: string | null;
  note: string | null;
  createdBy: string;
  createdAtMs: number;
}

/** A correction as an administrator asked for it. */
export interface AskedAdjustment {
  id: string;
  orgId: string;
  walletId: string;
  amount: NanoUsd;
  reason: string;
  requestId: string | null;
  createdBy: string;
  createdAtMs: number;
}

/** What may be asked for once per wallet and key. */
export interface OnceRecords<T> {
  /**
   * Records it and gives null, or gives what was recorded under the key before. Who asks at the same time waits for the
   * other's end. Must come before any lock.
   */
  claim(idempotencyKey: string, record: T): Promise<T | null>;
}

export interface ListedEntry {
  id: string;
  walletId: string;
  kind: WalletEntryKind;
  amount: NanoUsd;
  debitAccount: string;
  creditAccount: string;
  requestId: string | null;
  periodKey: string;
  note: string | null;
  postedAtMs: number;
}

/** Where a list of entries goes on: after this entry. */
export interface EntryPosition {
  postedAtMs: number;
  id: string;
}

export interface EntryQuery {
  walletId: string;
  kind: WalletEntryKind | undefined;
  from: string | undefined;
  before: string | undefined;
  after: EntryPosition | undefined;
  limit: number;
}

/** Looks at the ledger without locking anything. */
export interface LedgerReader {
  /** The period with the credits in it, at one moment; zeros when nothing happened in it yet. */
  readPeriod(ref: PeriodRef): Promise<Ledger>;
  /** Newest first. */
  listTopUps(walletId: string, page: { limit: number; after: string | undefined }): Promise<(TopUp & Taken)[]>;
  /** Newest first. @throws AppError `timeout` when so many entries must be searched that the answer would come too late. */
  listEntries(query: EntryQuery): Promise<ListedEntry[]>;
  /** By idempotency key, the periods of entries that the ledger has. */
  findPeriods(idempotencyKeys: readonly string[]): Promise<Map<string, string>>;
}

export interface Taken {
  /** Taken back so far. */
  expired: NanoUsd;
}
