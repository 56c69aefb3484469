import { appendMemoryOutbox, type MemorySession, type MemoryTransaction } from '@ao/database/memory';
import { ZERO_USD } from '@ao/kernel';
import type { LeaseHolder, LedgerStore, LedgerTransaction, NewPeriod, RecordEntries } from '../../application/ports.js';
import { NO_CREDIT } from '../../domain/credit.js';
import { PERIOD_ACCOUNT, resetKey, spendAccount, type Entry } from '../../domain/entry.js';
import { remainingOf, type Lease } from '../../domain/lease.js';
import { periodRefKey, type PeriodRef } from '../../domain/ledger.js';
import { insertEntries, MemoryLedgerTransaction } from './ledger.transaction.js';
import type { PeriodRow, WalletTables } from './wallet-tables.js';

/** The ledger in memory, statement by statement as over PostgreSQL; `ledger-store.suite.ts` holds both to the same. */
export class MemoryLedgerStore implements LedgerStore {
  constructor(
    private readonly tables: WalletTables,
    private readonly session: MemorySession,
  ) {}

  async findLeases(leaseIds: readonly string[]): Promise<Map<string, Lease>> {
    if (leaseIds.length === 0) return new Map();
    await this.session.statement('find leases');
    return new Map(leaseIds.flatMap((id) => [this.tables.leases.get(id) ?? []].flat().map((lease) => [id, lease])));
  }

  async findHolders(walletId: string, max: number): Promise<LeaseHolder[]> {
    await this.session.statement('find holders');
    const open = this.tables.leases.all().filter((lease) => lease.walletId === walletId && lease.state === 'open');
    const holding = open.filter((lease) => remainingOf(lease) > 0n);
    const grantedAtMs = new Map<string, number>();
    for (const { gatewayId, acquisitionId } of holding) {
      const createdAtMs = this.tables.acquisitions.get(acquisitionId)?.createdAtMs ?? 0;
      grantedAtMs.set(gatewayId, Math.max(grantedAtMs.get(gatewayId) ?? 0, createdAtMs));
    }
    return [...grantedAtMs].slice(0, max).map(([gatewayId, atMs]) => ({ gatewayId, grantedAtMs: atMs }));
  }

  async openPeriods(periods: readonly NewPeriod[], record: RecordEntries): Promise<void> {
    const unknown = new Map<string, NewPeriod>();
    for (const one of periods) {
      const key = periodRefKey({ walletId: one.wallet.id, periodKey: one.period.key });
      if (!this.tables.periods.get(key)) unknown.set(key, one);
    }
    if (unknown.size === 0) return;
    await this.session.transaction((transaction) => this.insertPeriods(transaction, unknown, record));
  }

  transact<T>(work: (transaction: LedgerTransaction) => Promise<T>): Promise<T> {
    return this.session.transaction((transaction) => work(new MemoryLedgerTransaction(this.tables, transaction)));
  }

  async prune(before: { acquisitionsMs: number; leasesMs: number }, inboxRetentionMs: number): Promise<number> {
    await this.session.statement('prune');
    const { acquisitions, leases, database } = this.tables;
    const receivedBeforeMs = database.nowMs() - inboxRetentionMs;
    return (
      acquisitions.deleteWhere(({ createdAtMs }) => createdAtMs < before.acquisitionsMs) +
      leases.deleteWhere(({ state, expiresAtMs }) => FINISHED.has(state) && expiresAtMs < before.leasesMs) +
      database.inbox.deleteWhere(({ receivedAtMs }) => receivedAtMs < receivedBeforeMs)
    );
  }

  private async insertPeriods(
    transaction: MemoryTransaction,
    periods: ReadonlyMap<string, NewPeriod>,
    record: RecordEntries,
  ): Promise<void> {
    await transaction.statement('insert periods');
    const made: { row: PeriodRow; orgId: string }[] = [];
    for (const [key, { wallet, period }] of [...periods].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const row = { walletId: wallet.id, periodKey: period.key, startsAtMs: period.startsAtMs, ...NOTHING };
      if (await transaction.insert(this.tables.periods, key, row)) made.push({ row, orgId: wallet.orgId });
    }
    if (made.length === 0) return;
    await transaction.statement('select reset periods');
    const reset = made.filter(({ row }) => this.followsAnother(transaction, row));
    const markers = record(reset.map(({ row, orgId }) => resetMarker(row, orgId)));
    await insertEntries(this.tables, transaction, markers.entries);
    await appendMemoryOutbox(this.tables.database, transaction, markers.events);
  }

  private followsAnother(transaction: MemoryTransaction, { walletId, startsAtMs }: PeriodRow): boolean {
    if (startsAtMs === null) return false;
    return this.tables.periods
      .all(transaction)
      .some((row) => row.walletId === walletId && row.startsAtMs !== null && row.startsAtMs < startsAtMs);
  }
}

const NOTHING = {
  posted: ZERO_USD,
  held: ZERO_USD,
  transferredIn: ZERO_USD,
  transferredOut: ZERO_USD,
  spendableMax: null,
  credit: NO_CREDIT,
};
const FINISHED = new Set(['closed', 'expired']);

const resetMarker = ({ walletId, periodKey }: PeriodRef, orgId: string): Entry => ({
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
