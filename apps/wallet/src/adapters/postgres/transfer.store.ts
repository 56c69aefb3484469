import { appendOutbox, translateDatabaseError, type Database, type Queryable } from '@ao/database';
import type { EncodedEvent } from '@ao/bus';
import type { LedgerTransaction } from '../../application/ports.js';
import type {
  TransferQuery,
  TransferStore,
  TransferTransaction,
  WalletNames,
} from '../../application/transfer-ports.js';
import type { Transfer } from '../../domain/transfer.js';
import { PostgresLedgerTransaction } from './ledger.transaction.js';
import { toTimestamp, toTransfer, type TransferRow } from './rows.js';
import * as sql from './transfer.sql.js';

export class PostgresTransferStore implements TransferStore {
  constructor(private readonly database: Database) {}

  async find(orgId: string, transferId: string): Promise<Transfer | null> {
    return (await this.query(sql.SELECT_TRANSFER, [orgId, transferId]))[0] ?? null;
  }

  list(orgId: string, { limit, after, requestedBy, state, walletId, nowMs }: TransferQuery): Promise<Transfer[]> {
    const { keyId = null, userId = null } = requestedBy ?? {};
    const values = [orgId, after ?? null, keyId, userId, state ?? null, walletId ?? null, toTimestamp(nowMs), limit];
    return this.query(sql.LIST_TRANSFERS, values);
  }

  transact<T>(work: (transfers: TransferTransaction, ledger: LedgerTransaction) => Promise<T>): Promise<T> {
    return this.database.transaction((client) =>
      work(new PostgresTransferTransaction(client), new PostgresLedgerTransaction(client)),
    );
  }

  private async query(text: string, values: unknown[]): Promise<Transfer[]> {
    try {
      return (await this.database.pool.query<TransferRow>(text, values)).rows.map(toTransfer);
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }
}

class PostgresTransferTransaction implements TransferTransaction {
  constructor(private readonly client: Queryable) {}

  async serialiseRequests(keyId: string): Promise<void> {
    await this.client.query(sql.SERIALISE_REQUESTS, [keyId]);
  }

  async findMade(keyId: string, idempotencyKey: string): Promise<Transfer | null> {
    return (await this.select(sql.SELECT_MADE, [keyId, idempotencyKey]))[0] ?? null;
  }

  async countPending(keyId: string, nowMs: number): Promise<number> {
    const { rows } = await this.client.query<{ count: number }>(sql.COUNT_PENDING, [keyId, toTimestamp(nowMs)]);
    return rows[0]!.count;
  }

  async insert(transfer: Transfer, idempotencyKey: string | null, events: readonly EncodedEvent[]): Promise<void> {
    await this.client.query(sql.INSERT_TRANSFER, [
      transfer.id,
      transfer.orgId,
      transfer.fromWalletId,
      transfer.toWalletId,
      transfer.amount,
      transfer.reason,
      transfer.note,
      transfer.state,
      transfer.requestedBy.keyId,
      transfer.requestedBy.userId,
      transfer.decidedBy,
      transfer.decisionReason,
      toTimestamp(transfer.createdAtMs),
      toTimestamp(transfer.expiresAtMs),
      toTimestamp(transfer.decidedAtMs),
      idempotencyKey,
    ]);
    await appendOutbox(this.client, events);
  }

  async lock(orgId: string, transferId: string): Promise<Transfer | null> {
    return (await this.select(sql.LOCK_TRANSFER, [orgId, transferId]))[0] ?? null;
  }

  lockOverdue(nowMs: number, transfersMax: number): Promise<Transfer[]> {
    return this.select(sql.LOCK_OVERDUE_TRANSFERS, [toTimestamp(nowMs), transfersMax]);
  }

  async walletNames(walletIds: readonly string[]): Promise<WalletNames> {
    const { rows } = await this.client.query<{ id: string; name: string }>(sql.SELECT_WALLET_NAMES, [walletIds]);
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  async decide(transfers: readonly Transfer[], events: readonly EncodedEvent[]): Promise<void> {
    if (transfers.length === 0) return;
    const { rowCount } = await this.client.query(sql.DECIDE_TRANSFERS, [
      transfers.map(({ id }) => id),
      transfers.map(({ state }) => state),
      transfers.map(({ decidedBy }) => decidedBy),
      transfers.map(({ decisionReason }) => decisionReason),
      transfers.map(({ decidedAtMs }) => toTimestamp(decidedAtMs)),
    ]);
    if (rowCount !== transfers.length) throw new Error('a transfer was decided on without its lock');
    await appendOutbox(this.client, events);
  }

  private async select(text: string, values: unknown[]): Promise<Transfer[]> {
    return (await this.client.query<TransferRow>(text, values)).rows.map(toTransfer);
  }
}
