import type { EncodedEvent } from '@ao/bus';
import type { acquireLeasesV1, ResponseOf } from '@ao/contracts';
import type { NanoUsd } from '@ao/kernel';
import type { Entry } from '../domain/entry.js';
import type { Lease } from '../domain/lease.js';
import type { Ledger, PeriodRef } from '../domain/ledger.js';
import type { Period } from '../domain/period.js';
import type { Crossing } from '../domain/threshold.js';
import type { Wallet } from '../domain/wallet.js';
import type { AskedAdjustment, OnceRecords, TopUp } from './credit-ports.js';

export interface WalletPage {
  limit: number;
  /** The id after which to go on. */
  after: string | undefined;
  costCenter: string | undefined;
  /** Only the budgets made of this template; absent: all but those. */
  templateId: string | undefined;
}

/** A request that may be repeated, and how to tell it from another one under the same key. */
export interface Idempotency {
  key: string;
  fingerprint: string;
}

/** Where Nest finds the repositories: interfaces leave no trace at run time. */
export const WALLET_REPOSITORY = Symbol('WalletRepository');

export interface WalletRepository {
  find(orgId: string, walletId: string): Promise<Wallet | null>;
  /** Newest first; one more than asked for when there are more. */
  list(orgId: string, page: WalletPage): Promise<Wallet[]>;
  /** Of any organisation: the caller compares. */
  findAll(walletIds: readonly string[]): Promise<Map<string, Wallet>>;
  /** Each leaf with its ancestors, leaf first. */
  findPaths(leafIds: readonly string[]): Promise<Map<string, Wallet[]>>;
  /** The budgets made of templates for these values, by `derivedKey`. */
  findDerived(wanted: readonly Derived[]): Promise<Map<string, Wallet>>;
  /** Stores budgets just derived; of two that race for the same values one stays. */
  insertDerived(budgets: readonly Wallet[]): Promise<void>;
  /** How many budgets a template has, counted no further than `max`. */
  countDerived(templateId: string, max: number): Promise<number>;
  /** Every active budget with a scope, of all organisations, without those made of templates. */
  listScoped(): Promise<Wallet[]>;
  /** Changes the wallets of one organisation, one change after the other, so that limits fit as they were read. */
  change<T>(orgId: string, work: (tree: WalletTree) => Promise<T>): Promise<T>;
}

/** Names one budget of a template. */
export interface Derived {
  templateId: string;
  values: readonly string[];
}

export const derivedKey = ({ templateId, values }: Derived): string => [templateId, ...values].join('\n');

/** The wallets of one organisation while nobody else changes them. */
export interface WalletTree {
  find(walletId: string): Promise<Wallet | null>;
  findMade(idempotencyKey: string): Promise<{ wallet: Wallet; fingerprint: string } | null>;
  /** The wallets above it, nearest first. */
  ancestorsOf(wallet: Pick<Wallet, 'path'>): Promise<Wallet[]>;
  /** Of all wallets below, the one with the highest limit; null when none below has a limit. */
  richestBelow(walletId: string): Promise<Wallet | null>;
  count(): Promise<number>;
  countScoped(): Promise<number>;
  insert(wallet: Wallet, idempotency: Idempotency | null, events: EncodedEvent[]): Promise<void>;
  /** Budgets made of the wallet as a template follow it, but for those that were changed by themselves. */
  update(wallet: Wallet, events: EncodedEvent[]): Promise<void>;
  /** Forgets that somebody was asked to top the wallet up. */
  forgetTopUpRequest(walletId: string): Promise<void>;
}

/** A period as it is to be opened for a wallet. */
export interface NewPeriod {
  wallet: Pick<Wallet, 'id' | 'orgId'>;
  period: Period;
}

export type RecordedEntry = Entry & { id: string; postedAtMs: number };
export type AcquisitionAnswer = ResponseOf<typeof acquireLeasesV1>;

export interface AnsweredAcquisition {
  id: string;
  orgId: string;
  gatewayId: string;
  walletId: string;
  answer: AcquisitionAnswer;
}

/** Entries with their ids, and the events that tell of them. */
export interface RecordedEntries {
  entries: RecordedEntry[];
  events: EncodedEvent[];
}

export type RecordEntries = (entries: readonly Entry[]) => RecordedEntries;

export interface LeaseHolder {
  gatewayId: string;
  /** When it was granted the last of its leases on the wallet. */
  grantedAtMs: number;
}

export interface LedgerStore {
  /** The gateways that have something left of open leases on a wallet, at most `max`. */
  findHolders(walletId: string, max: number): Promise<LeaseHolder[]>;
  /** Without a lock: only what never changes of a lease may be relied on. */
  findLeases(leaseIds: readonly string[]): Promise<Map<string, Lease>>;
  /** Makes the rows to lock, in a transaction of its own: making them under other locks could deadlock. */
  openPeriods(periods: readonly NewPeriod[], record: RecordEntries): Promise<void>;
  /** All that `work` does, or nothing; `work` may run again after a lost race. */
  transact<T>(work: (transaction: LedgerTransaction) => Promise<T>): Promise<T>;
  /** Removes what no longer serves anyone; gives the number of rows. */
  prune(before: { acquisitionsMs: number; leasesMs: number }, inboxRetentionMs: number): Promise<number>;
}

export interface LedgerTransaction {
  /** The ids that this consumer had not handled before. Must come before any lock. */
  claimEvents(consumer: string, eventIds: readonly string[]): Promise<string[]>;
  /**
   * Locks the periods in their one order, then reads them, the leases asked for and, with `overdueBeforeMs`, those of
   * these periods that expired before. The periods must be open. Credits are read where one has expired at
   * `creditsAtMs`, or everywhere for 'all'; `expireCredits` takes them back.
   */
  lock(scope: {
    periods: readonly PeriodRef[];
    leaseIds?: readonly string[];
    overdueBeforeMs?: number;
    creditsAtMs?: number | 'all';
  }): Promise<LockedLedger>;
  /** Locks some periods that have overdue leases, passing over those that another replica is working on. */
  lockOverdue(overdueBeforeMs: number, periodsMax: number): Promise<LockedLedger>;
  /** Locks some wallets with credits that have expired, after `afterWalletId`, passing over what others work on. */
  lockExpiring(nowMs: number, afterWalletId: string, periodsMax: number): Promise<LockedLedger>;
  readonly topUps: OnceRecords<TopUp>;
  readonly adjustments: OnceRecords<AskedAdjustment>;
  /** Of these idempotency keys, those that the ledger has. */
  postedKeys(keys: readonly string[]): Promise<Set<string>>;
  findAcquisitions(ids: readonly string[]): Promise<Map<string, AnsweredAcquisition>>;
  /** The transaction runs again when another one has answered one of them meanwhile: under other locks, it may have. */
  saveAcquisitions(answered: readonly AnsweredAcquisition[], nowMs: number): Promise<void>;
  /** Records the crossings and gives those that were not known: the only ones to tell of. */
  recordCrossings(crossings: readonly Crossing[], nowMs: number): Promise<Crossing[]>;
  /** Writes what was decided on the locked ledger, with its events. */
  save(ledger: Ledger, entries: readonly RecordedEntry[], events: readonly EncodedEvent[]): Promise<void>;
}

export interface LockedLedger {
  ledger: Ledger;
  overdueLeaseIds: string[];
}

/** A law of the ledger that does not hold, with the amounts found. */
export interface LedgerViolation {
  law:
    | 'posted_equals_entries'
    | 'transferred_equals_entries'
    | 'transfers_are_complete'
    | 'credited_equals_entries'
    | 'credited_equals_credits'
    | 'refunded_equals_entries'
    | 'held_equals_leases'
    | 'spend_within_limit';
  orgId: string | null;
  walletId: string | null;
  periodKey: string | null;
  expected: NanoUsd;
  found: NanoUsd;
}

export interface LedgerAudit {
  /** One consistent view of the whole ledger; at most `violationsMax` findings. */
  findViolations(violationsMax: number): Promise<LedgerViolation[]>;
}

/** What a check looked at; null: another replica is checking, or has just done so. */
export type CheckedLedger = { whole: boolean; violations: LedgerViolation[] } | null;

/** The check of a ledger that is in use. It locks nothing that anybody else needs. */
export interface LedgerInspector {
  /**
   * Checks what happened since the last check, or everything when that was not done since `wholeBeforeMs`; nothing when
   * somebody has checked after `recentMs`. What `record` makes of the findings is written with the check.
   */
  inspect(times: InspectionTimes, toEvents: (violations: LedgerViolation[]) => EncodedEvent[]): Promise<CheckedLedger>;
}

export interface InspectionTimes {
  nowMs: number;
  recentMs: number;
  wholeBeforeMs: number;
  violationsMax: number;
}
