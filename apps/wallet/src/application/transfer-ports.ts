import type { EncodedEvent } from '@ao/bus';
import type { Transfer, TransferParty, TransferState } from '../domain/transfer.js';
import type { LedgerTransaction } from './ports.js';

/** By wallet id. */
export type WalletNames = ReadonlyMap<string, string>;

export interface TransferQuery {
  limit: number;
  /** The id after which to go on. */
  after: string | undefined;
  /** Only what this party asked for. */
  requestedBy: TransferParty | undefined;
  state: TransferState | undefined;
  /** From it or to it. */
  walletId: string | undefined;
  /** Decides what is expired already. */
  nowMs: number;
}

export interface TransferStore {
  find(orgId: string, transferId: string): Promise<Transfer | null>;
  /** Newest first, as stored. */
  list(orgId: string, query: TransferQuery): Promise<Transfer[]>;
  /** All that `work` does, or nothing; `work` may run again after a lost race. */
  transact<T>(work: (transfers: TransferTransaction, ledger: LedgerTransaction) => Promise<T>): Promise<T>;
}

export interface TransferTransaction {
  /** Lets one request of a key through at a time, on any replica. */
  serialiseRequests(keyId: string): Promise<void>;
  /** What the key asked for under this idempotency key. */
  findMade(keyId: string, idempotencyKey: string): Promise<Transfer | null>;
  /** What the key has waiting for a decision. */
  countPending(keyId: string, nowMs: number): Promise<number>;
  insert(transfer: Transfer, idempotencyKey: string | null, events: readonly EncodedEvent[]): Promise<void>;
  /** Keeps everybody else from deciding. Must come before any lock on the ledger. */
  lock(orgId: string, transferId: string): Promise<Transfer | null>;
  /** Locks some that are pending at the end of their time, passing over those that somebody else has locked. */
  lockOverdue(nowMs: number, transfersMax: number): Promise<Transfer[]>;
  walletNames(walletIds: readonly string[]): Promise<WalletNames>;
  /** Stores the decision with its events. */
  decide(transfers: readonly Transfer[], events: readonly EncodedEvent[]): Promise<void>;
}
