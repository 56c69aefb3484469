import { decodeMessage, encodeMessage, type EncodedEvent } from '@ao/bus';
import { acquireLeasesV1 } from '@ao/contracts';
import { appendOutbox, claimInbox, type Queryable } from '@ao/database';
import type { AskedAdjustment, OnceRecords, TopUp } from '../../application/credit-ports.js';
import type { AnsweredAcquisition, LedgerTransaction, LockedLedger, RecordedEntry } from '../../application/ports.js';
import type { PeriodBalance } from '../../domain/balance.js';
import type { Credit } from '../../domain/credit.js';
import type { Lease } from '../../domain/lease.js';
import { Ledger, periodRefKey, type PeriodRef } from '../../domain/ledger.js';
import type { Crossing } from '../../domain/threshold.js';
import { adjustmentRecords, topUpRecords } from './once-records.js';
import { LOCK_EXPIRING_PERIODS, readCreditsDue, saveCredits } from './credits.js';
import * as sql from './ledger.sql.js';
import { toBalance, toLease, toTimestamp, type BalanceRow, type LeaseRow } from './rows.js';

export class PostgresLedgerTransaction implements LedgerTransaction {
  readonly topUps: OnceRecords<TopUp>;
  readonly adjustments: OnceRecords<AskedAdjustment>;

  constructor(private readonly client: Queryable) {
    this.topUps = topUpRecords(client);
    this.adjustments = adjustmentRecords(client);
  }

  claimEvents(consumer: string, eventIds: readonly string[]): Promise<string[]> {
    return claimInbox(this.client, consumer, eventIds);
  }

  async lock(scope: {
    periods: readonly PeriodRef[];
    leaseIds?: readonly string[];
    overdueBeforeMs?: number;
    creditsAtMs?: number | 'all';
  }): Promise<LockedLedger> {
    const refs = [...new Map(scope.periods.map((ref) => [periodRefKey(ref), ref])).values()];
    const columns = [refs.map(({ walletId }) => walletId), refs.map(({ periodKey }) => periodKey)];
    const { rows } = await this.client.query<BalanceRow>(sql.LOCK_PERIODS, columns);
    if (rows.length !== refs.length) throw new Error('a period of the ledger was not opened before it was locked');
    // Read after the lock, in a snapshot of its own: what others changed while we waited is seen.
    const leases = scope.leaseIds?.length ? await this.readLeases(sql.SELECT_LEASES, [scope.leaseIds]) : [];
    const overdue = scope.overdueBeforeMs === undefined ? [] : await this.readOverdue(columns, scope.overdueBeforeMs);
    return toLocked(rows, leases, overdue, await readCreditsDue(this.client, rows, scope.creditsAtMs));
  }

  async lockExpiring(nowMs: number, afterWalletId: string, periodsMax: number): Promise<LockedLedger> {
    const values = [toTimestamp(nowMs), afterWalletId, periodsMax];
    const { rows } = await this.client.query<BalanceRow>(LOCK_EXPIRING_PERIODS, values);
    return toLocked(rows, [], [], await readCreditsDue(this.client, rows, nowMs));
  }

  async lockOverdue(overdueBeforeMs: number, periodsMax: number): Promise<LockedLedger> {
    const values = [toTimestamp(overdueBeforeMs), periodsMax];
    const { rows } = await this.client.query<BalanceRow>(sql.LOCK_OVERDUE_PERIODS, values);
    const columns = [rows.map((row) => row.wallet_id), rows.map((row) => row.period_key)];
    return toLocked(rows, [], await this.readOverdue(columns, overdueBeforeMs));
  }

  async postedKeys(keys: readonly string[]): Promise<Set<string>> {
    const { rows } = await this.client.query<{ idempotency_key: string }>(sql.SELECT_POSTED_KEYS, [keys]);
    return new Set(rows.map((row) => row.idempotency_key));
  }

  async findAcquisitions(ids: readonly string[]): Promise<Map<string, AnsweredAcquisition>> {
    const { rows } = await this.client.query<AcquisitionRow>(sql.SELECT_ACQUISITIONS, [ids]);
    return new Map(rows.map((row) => [row.id, toAcquisition(row)]));
  }

  async saveAcquisitions(answered: readonly AnsweredAcquisition[], nowMs: number): Promise<void> {
    if (answered.length === 0) return;
    await this.client.query(sql.INSERT_ACQUISITIONS, [
      answered.map(({ id }) => id),
      answered.map(({ orgId }) => orgId),
      answered.map(({ gatewayId }) => gatewayId),
      answered.map(({ walletId }) => walletId),
      answered.map(({ answer }) => encodeMessage(acquireLeasesV1.response, answer, acquireLeasesV1.subject)),
      toTimestamp(nowMs),
    ]);
  }

  async recordCrossings(crossings: readonly Crossing[], nowMs: number): Promise<Crossing[]> {
    if (crossings.length === 0) return [];
    const { rows } = await this.client.query<{ wallet_id: string; period_key: string; percent: number }>(
      sql.INSERT_CROSSINGS,
      [
        crossings.map(({ wallet }) => wallet.id),
        crossings.map(({ periodKey }) => periodKey),
        crossings.map(({ percent }) => percent),
        toTimestamp(nowMs),
      ],
    );
    const news = new Set(rows.map((row) => [row.wallet_id, row.period_key, row.percent].join('\n')));
    return crossings.filter(({ wallet, periodKey, percent }) => news.has([wallet.id, periodKey, percent].join('\n')));
  }

  async save(ledger: Ledger, entries: readonly RecordedEntry[], events: readonly EncodedEvent[]): Promise<void> {
    const { balances, leases, granted } = ledger.changes;
    await this.insertLeases(granted);
    await this.updateLeases(leases);
    await this.updateBalances(balances);
    await saveCredits(this.client, ledger.changes);
    await insertEntries(this.client, entries);
    await appendOutbox(this.client, events);
  }

  private async readLeases(text: string, values: unknown[]): Promise<Lease[]> {
    return (await this.client.query<LeaseRow>(text, values)).rows.map(toLease);
  }

  private readOverdue(columns: string[][], beforeMs: number): Promise<Lease[]> {
    return this.readLeases(sql.SELECT_OVERDUE_LEASES, [...columns, toTimestamp(beforeMs)]);
  }

  private async insertLeases(leases: readonly Lease[]): Promise<void> {
    if (leases.length === 0) return;
    await this.client.query(sql.INSERT_LEASES, [
      leases.map(({ id }) => id),
      leases.map(({ acquisitionId }) => acquisitionId),
      leases.map(({ gatewayId }) => gatewayId),
      leases.map(({ walletId }) => walletId),
      leases.map(({ periodKey }) => periodKey),
      leases.map(({ granted }) => granted),
      leases.map(({ state }) => state),
      leases.map(({ expiresAtMs }) => toTimestamp(expiresAtMs)),
    ]);
  }

  private async updateLeases(leases: readonly Lease[]): Promise<void> {
    if (leases.length === 0) return;
    await this.client.query(sql.UPDATE_LEASES, [
      leases.map(({ id }) => id),
      leases.map(({ used }) => used),
      leases.map(({ returned }) => returned),
      leases.map(({ returnSequence }) => returnSequence),
      leases.map(({ state }) => state),
      leases.map(({ expiresAtMs }) => toTimestamp(expiresAtMs)),
    ]);
  }

  private async updateBalances(balances: readonly PeriodBalance[]): Promise<void> {
    if (balances.length === 0) return;
    await this.client.query(sql.UPDATE_BALANCES, [
      balances.map(({ walletId }) => walletId),
      balances.map(({ periodKey }) => periodKey),
      balances.map(({ posted }) => posted),
      balances.map(({ held }) => held),
      balances.map(({ spendableMax }) => spendableMax),
    ]);
  }
}

/** Writes entries in one statement. Refused as a whole when the ledger has one of their idempotency keys. */
export async function insertEntries(client: Queryable, entries: readonly RecordedEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await client.query(sql.INSERT_ENTRIES, [
    entries.map(({ id }) => id),
    entries.map(({ idempotencyKey }) => idempotencyKey),
    entries.map(({ walletId }) => walletId),
    entries.map(({ orgId }) => orgId),
    entries.map(({ periodKey }) => periodKey),
    entries.map(({ kind }) => kind),
    entries.map(({ amount }) => amount),
    entries.map(({ debitAccount }) => debitAccount),
    entries.map(({ creditAccount }) => creditAccount),
    entries.map(({ requestId }) => requestId),
    entries.map(({ leaseId }) => leaseId),
    entries.map(({ postedAtMs }) => toTimestamp(postedAtMs)),
    entries.map(({ note }) => note ?? null),
  ]);
}

interface AcquisitionRow {
  id: string;
  org_id: string;
  gateway_id: string;
  wallet_id: string;
  answer: string;
}

const toAcquisition = (row: AcquisitionRow): AnsweredAcquisition => ({
  id: row.id,
  orgId: row.org_id,
  gatewayId: row.gateway_id,
  walletId: row.wallet_id,
  answer: decodeMessage(acquireLeasesV1.response, row.answer, acquireLeasesV1.subject),
});

const toLocked = (rows: BalanceRow[], leases: Lease[], overdue: Lease[], credits: Credit[] = []): LockedLedger => ({
  ledger: new Ledger(rows.map(toBalance), [...leases, ...overdue], credits),
  overdueLeaseIds: overdue.map(({ id }) => id),
});
