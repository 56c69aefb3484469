import type { MemoryTable, MemoryTransaction } from '@ao/database/memory';
import type { OnceRecords } from '../../application/credit-ports.js';
import { periodRefKey, type LedgerChanges } from '../../domain/ledger.js';
import { checkPeriod } from './checks.js';
import type { WalletTables } from './wallet-tables.js';

/** Records once per wallet and key. @param toRow The record as its table has it. */
export function onceRecords<Record extends { walletId: string }, Row extends Record>(
  table: MemoryTable<Row>,
  transaction: MemoryTransaction,
  toRow: (record: Record) => Row,
): OnceRecords<Record> {
  return {
    async claim(idempotencyKey, record) {
      await transaction.statement(`claim ${table.name}`);
      const key = `${record.walletId}\n${idempotencyKey}`;
      if (await transaction.insert(table, key, toRow(record))) return null;
      return table.get(key, transaction)!;
    },
  };
}

/** Writes what changed beside spent and held. */
export async function saveCredits(
  { topUps, periods }: WalletTables,
  transaction: MemoryTransaction,
  { credits, creditStates }: Pick<LedgerChanges, 'credits' | 'creditStates'>,
): Promise<void> {
  if (credits.length > 0) await transaction.statement('update credits');
  for (const { id, remaining, expired } of credits) {
    const [key, row] = topUps.entries(transaction).find(([, topUp]) => topUp.id === id)!;
    await transaction.put(topUps, key, { ...row, remaining, expired });
  }
  if (creditStates.length > 0) await transaction.statement('update credit states');
  for (const state of creditStates) {
    const key = periodRefKey(state);
    const row = { ...periods.get(key, transaction)!, credit: state.credit };
    checkPeriod(row);
    await transaction.put(periods, key, row);
  }
}
