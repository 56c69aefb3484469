import { decodeMessage, encodeMessage, type EncodedEvent } from '@ao/bus';
import { acquireLeasesV1 } from '@ao/contracts';
import { ZERO_USD } from '@ao/kernel';
import { appendMemoryOutbox, claimMemoryInbox, lostRace, type MemoryTransaction } from '@ao/database/memory';
import type { AskedAdjustment, OnceRecords, TopUp } from '../../application/credit-ports.js';
import type { AnsweredAcquisition, LedgerTransaction, LockedLedger, RecordedEntry } from '../../application/ports.js';
import type { PeriodBalance } from '../../domain/balance.js';
import type { Credit } from '../../domain/credit.js';
import { isHolding, type Lease } from '../../domain/lease.js';
import { Ledger, periodRefKey, type PeriodRef } from '../../domain/ledger.js';
import type { Crossing } from '../../domain/threshold.js';
import { onceRecords, saveCredits } from './credits.js';
import { checkEntry, checkLease, checkPeriod } from './checks.js';
import type { AcquisitionRow, WalletTables } from './wallet-tables.js';

const { response, subject } = acquireLeasesV1;

export class MemoryLedgerTransaction implements LedgerTransaction {
  readonly topUps: OnceRecords<TopUp>;
  readonly adjustments: OnceRecords<AskedAdjustment>;

  constructor(
    private readonly tables: WalletTables,
    private readonly transaction: MemoryTransaction,
  ) {
    this.topUps = onceRecords(tables.topUps, transaction, (topUp) => ({
      ...topUp,
      remaining: topUp.amount,
      expired: ZERO_USD,
    }));
    this.adjustments = onceRecords(tables.adjustments, transaction, (adjustment) => adjustment);
  }

  claimEvents(consumer: string, eventIds: readonly string[]): Promise<string[]> {
    return claimMemoryInbox(this.tables.database, this.transaction, consumer, eventIds);
  }

  async lock(scope: {
    periods: readonly PeriodRef[];
    leaseIds?: readonly string[];
    overdueBeforeMs?: number;
    creditsAtMs?: number | 'all';
  }): Promise<LockedLedger> {
    const keys = [...new Set(scope.periods.map(periodRefKey))].sort();
    await this.transaction.statement('lock periods');
    await this.transaction.lock(this.tables.periods, keys);
    const balances = this.balances(keys);
    if (balances.length !== keys.length) throw new Error('a period of the ledger was not opened before it was locked');
    const leases = scope.leaseIds?.length ? await this.readLeases(scope.leaseIds) : [];
    const overdue =
      scope.overdueBeforeMs === undefined ? [] : await this.readOverdue(new Set(keys), scope.overdueBeforeMs);
    return toLocked(balances, leases, overdue, await this.readCreditsDue(balances, scope.creditsAtMs));
  }

  async lockOverdue(overdueBeforeMs: number, periodsMax: number): Promise<LockedLedger> {
    await this.transaction.statement('lock overdue periods');
    const overdue = this.tables.leases.all(this.transaction).filter((lease) => isOverdue(lease, overdueBeforeMs));
    const wanted = [...new Set(overdue.map(periodRefKey))].slice(0, periodsMax).sort();
    const keys = await this.transaction.lockFree(this.tables.periods, wanted);
    return toLocked(this.balances(keys), [], await this.readOverdue(new Set(keys), overdueBeforeMs));
  }

  async lockExpiring(nowMs: number, afterWalletId: string, periodsMax: number): Promise<LockedLedger> {
    await this.transaction.statement('lock expiring periods');
    const expiring = this.tables.periods
      .all(this.transaction)
      .filter((row) => isDue(row, nowMs) && row.walletId > afterWalletId)
      .map(periodRefKey)
      .sort();
    const keys = await this.transaction.lockFree(this.tables.periods, expiring.slice(0, periodsMax));
    const balances = this.balances(keys);
    return toLocked(balances, [], [], await this.readCreditsDue(balances, nowMs));
  }

  async postedKeys(keys: readonly string[]): Promise<Set<string>> {
    await this.transaction.statement('posted keys');
    return new Set(keys.filter((key) => this.tables.entries.get(key, this.transaction)));
  }

  async findAcquisitions(ids: readonly string[]): Promise<Map<string, AnsweredAcquisition>> {
    await this.transaction.statement('find acquisitions');
    const rows = ids.flatMap((id) => this.tables.acquisitions.get(id, this.transaction) ?? []);
    return new Map(rows.map((row) => [row.id, toAcquisition(row)]));
  }

  async saveAcquisitions(answered: readonly AnsweredAcquisition[], nowMs: number): Promise<void> {
    if (answered.length === 0) return;
    await this.transaction.statement('insert acquisitions');
    for (const one of answered) {
      const row = { ...one, answer: encodeMessage(response, one.answer, subject), createdAtMs: nowMs };
      if (await this.transaction.insert(this.tables.acquisitions, one.id, row)) continue;
      throw lostRace('an acquisition was answered by another transaction meanwhile');
    }
  }

  async recordCrossings(crossings: readonly Crossing[], _nowMs: number): Promise<Crossing[]> {
    if (crossings.length === 0) return [];
    await this.transaction.statement('insert crossings');
    const news: Crossing[] = [];
    for (const crossing of crossings) {
      const key = [crossing.wallet.id, crossing.periodKey, crossing.percent].join('\n');
      if (await this.transaction.insert(this.tables.crossings, key, {})) news.push(crossing);
    }
    return news;
  }

  async save(ledger: Ledger, entries: readonly RecordedEntry[], events: readonly EncodedEvent[]): Promise<void> {
    const { balances, leases, granted } = ledger.changes;
    await this.insertLeases(granted);
    await this.updateLeases(leases);
    await this.updateBalances(balances);
    await saveCredits(this.tables, this.transaction, ledger.changes);
    await insertEntries(this.tables, this.transaction, entries);
    await appendMemoryOutbox(this.tables.database, this.transaction, events);
  }

  private balances(keys: readonly string[]): PeriodBalance[] {
    return keys.flatMap((key) => this.tables.periods.get(key, this.transaction) ?? []);
  }

  private async readCreditsDue(
    balances: readonly PeriodBalance[],
    atMs: number | 'all' | undefined,
  ): Promise<Credit[]> {
    if (atMs === undefined) return [];
    const wanted = balances.filter((balance) => atMs === 'all' || isDue(balance, atMs));
    if (wanted.length === 0) return [];
    await this.transaction.statement('select credits');
    const periodKeys = new Map(wanted.map(({ walletId, periodKey }) => [walletId, periodKey]));
    return this.tables.topUps
      .all(this.transaction)
      .flatMap(({ id, orgId, walletId, expiresAtMs, remaining, expired }) => {
        const periodKey = periodKeys.get(walletId);
        if (periodKey === undefined || remaining <= 0n || expiresAtMs === null) return [];
        return [{ id, orgId, walletId, periodKey, expiresAtMs, remaining, expired }];
      });
  }

  private async readLeases(ids: readonly string[]): Promise<Lease[]> {
    await this.transaction.statement('select leases');
    return ids.flatMap((id) => this.tables.leases.get(id, this.transaction) ?? []);
  }

  private async readOverdue(periodKeys: ReadonlySet<string>, beforeMs: number): Promise<Lease[]> {
    await this.transaction.statement('select overdue leases');
    return this.tables.leases
      .all(this.transaction)
      .filter((lease) => isOverdue(lease, beforeMs) && periodKeys.has(periodRefKey(lease)));
  }

  private async insertLeases(leases: readonly Lease[]): Promise<void> {
    if (leases.length === 0) return;
    await this.transaction.statement('insert leases');
    for (const lease of leases) {
      checkLease(lease);
      await this.transaction.insertNew(this.tables.leases, lease.id, { ...lease });
    }
  }

  private async updateLeases(leases: readonly Lease[]): Promise<void> {
    if (leases.length === 0) return;
    await this.transaction.statement('update leases');
    for (const { id, used, returned, returnSequence, state, expiresAtMs } of leases) {
      const present = this.tables.leases.get(id, this.transaction);
      if (!present) continue;
      const row = { ...present, used, returned, returnSequence, state, expiresAtMs };
      checkLease(row);
      await this.transaction.put(this.tables.leases, id, row);
    }
  }

  private async updateBalances(balances: readonly PeriodBalance[]): Promise<void> {
    if (balances.length === 0) return;
    await this.transaction.statement('update balances');
    for (const balance of balances) {
      const key = periodRefKey(balance);
      const { posted, held, spendableMax } = balance;
      const row = { ...this.tables.periods.get(key, this.transaction)!, posted, held, spendableMax };
      checkPeriod(row);
      await this.transaction.put(this.tables.periods, key, row);
    }
  }
}

/** Refused as a whole when the ledger has one of their idempotency keys. */
export async function insertEntries(
  { entries: table }: WalletTables,
  transaction: MemoryTransaction,
  entries: readonly RecordedEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  await transaction.statement('insert entries');
  for (const entry of entries) {
    checkEntry(entry);
    await transaction.insertNew(table, entry.idempotencyKey, { ...entry });
  }
}

const isOverdue = (lease: Lease, beforeMs: number): boolean => isHolding(lease) && lease.expiresAtMs < beforeMs;

const toAcquisition = ({ createdAtMs: _createdAtMs, ...row }: AcquisitionRow): AnsweredAcquisition => ({
  ...row,
  answer: decodeMessage(response, row.answer, subject),
});

const isDue = ({ credit }: PeriodBalance, nowMs: number): boolean =>
  credit.nextExpiryAtMs !== null && credit.nextExpiryAtMs <= nowMs;

const toLocked = (
  balances: PeriodBalance[],
  leases: Lease[],
  overdue: Lease[],
  credits: Credit[] = [],
): LockedLedger => ({
  ledger: new Ledger(balances, [...leases, ...overdue], credits),
  overdueLeaseIds: overdue.map(({ id }) => id),
});
