import {
  appendOutbox,
  confirmClaim,
  pruneInbox,
  translateDatabaseError,
  type Database,
  type Queryable,
} from '@ao/database';
import { ZERO_USD } from '@ao/kernel';
import type { LeaseHolder, LedgerStore, LedgerTransaction, NewPeriod, RecordEntries } from '../../application/ports.js';
import { PERIOD_ACCOUNT, resetKey, spendAccount, type Entry } from '../../domain/entry.js';
import type { Lease } from '../../domain/lease.js';
import { periodRefKey } from '../../domain/ledger.js';
import { insertEntries, PostgresLedgerTransaction } from './ledger.transaction.js';
import * as sql from './ledger.sql.js';
import { toLease, toTimestamp, type LeaseRow } from './rows.js';

const KNOWN_PERIODS_MAX = 200_000;

export class PostgresLedgerStore implements LedgerStore {
  /** Rows that exist, and so need not be made: balances are never deleted. */
  private readonly knownPeriods = new Set<string>();

  constructor(private readonly database: Database) {}

  async findLeases(leaseIds: readonly string[]): Promise<Map<string, Lease>> {
    if (leaseIds.length === 0) return new Map();
    const rows = await this.query<LeaseRow>(sql.SELECT_LEASES, [leaseIds]);
    return new Map(rows.map((row) => [row.id, toLease(row)]));
  }

  async findHolders(walletId: string, max: number): Promise<LeaseHolder[]> {
    const rows = await this.query<{ gateway_id: string; granted_at: Date | null }>(sql.SELECT_HOLDERS, [walletId, max]);
    return rows.map((row) => ({ gatewayId: row.gateway_id, grantedAtMs: row.granted_at?.getTime() ?? 0 }));
  }

  async openPeriods(periods: readonly NewPeriod[], record: RecordEntries): Promise<void> {
    const unknown = new Map(
      periods
        .map((one) => [periodRefKey({ walletId: one.wallet.id, periodKey: one.period.key }), one] as const)
        .filter(([key]) => !this.knownPeriods.has(key)),
    );
    if (unknown.size === 0) return;
    await this.database.transaction((client) => insertPeriods(client, [...unknown.values()], record));
    if (this.knownPeriods.size + unknown.size > KNOWN_PERIODS_MAX) this.knownPeriods.clear();
    for (const key of unknown.keys()) this.knownPeriods.add(key);
  }

  transact<T>(work: (transaction: LedgerTransaction) => Promise<T>): Promise<T> {
    return this.database.transaction(async (client) => {
      const result = await work(new PostgresLedgerTransaction(client));
      await confirmClaim(client);
      return result;
    });
  }

  async prune(before: { acquisitionsMs: number; leasesMs: number }, inboxRetentionMs: number): Promise<number> {
    const remove = async (text: string, beforeMs: number): Promise<number> =>
      (await this.database.pool.query(text, [toTimestamp(beforeMs)])).rowCount ?? 0;
    const acquisitions = await remove(sql.PRUNE_ACQUISITIONS, before.acquisitionsMs);
    const leases = await remove(sql.PRUNE_LEASES, before.leasesMs);
    return acquisitions + leases + (await pruneInbox(this.database.pool, inboxRetentionMs));
  }

  private async query<Row extends object>(text: string, values: unknown[]): Promise<Row[]> {
    try {
      return (await this.database.pool.query<Row>(text, values)).rows;
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }
}

/** Makes the rows that are missing; each that follows an earlier period is marked in the ledger by who made it. */
async function insertPeriods(client: Queryable, periods: NewPeriod[], record: RecordEntries): Promise<void> {
  const { rows: made } = await client.query<PeriodRow>(sql.INSERT_PERIODS, [
    periods.map(({ wallet }) => wallet.id),
    periods.map(({ period }) => period.key),
    periods.map(({ period }) => toTimestamp(period.startsAtMs)),
    periods.map(({ period }) => toTimestamp(period.endsAtMs)),
  ]);
  if (made.length === 0) return;
  const { rows: reset } = await client.query<PeriodRow>(sql.SELECT_RESET_PERIODS, [
    made.map((row) => row.wallet_id),
    made.map((row) => row.period_key),
  ]);
  const orgIds = new Map(periods.map(({ wallet }) => [wallet.id, wallet.orgId]));
  const markers = record(reset.map((row) => resetMarker(row, orgIds.get(row.wallet_id)!)));
  await insertEntries(client, markers.entries);
  await appendOutbox(client, markers.events);
}

interface PeriodRow {
  wallet_id: string;
  period_key: string;
}

const resetMarker = ({ wallet_id: walletId, period_key: periodKey }: PeriodRow, orgId: string): Entry => ({
  idempotencyKey: resetKey(walletId, periodKey),
  walletId,
  orgId,
  periodKey,
  kind: 'reset',
  amount: ZERO_USD,
  debitAccount: spendAccount(walletId),
  creditAccount: PERIOD_ACCOUNT,
  requestId: null,
  leaseId: null,
});
