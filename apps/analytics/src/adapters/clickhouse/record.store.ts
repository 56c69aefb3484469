import { createHash } from 'node:crypto';
import type { CostAdjustment, RecordedUsage, RecordStore, WalletEntry } from '../../application/ports.js';
import { toCostAdjustmentRow } from './cost-adjustment-rows.js';
import type { ReadyWarehouse } from './ready-warehouse.js';
import { toRequestRow } from './request-rows.js';
import { toWalletEntryRow } from './wallet-entry-rows.js';

const INSERT_DEADLINE_MS = 10_000;

/**
 * Inserts in batches. A batch that is sent again is dropped by its token; a record that comes again in another batch is
 * one with the first by the sorting key of its table.
 */
export class WarehouseRecordStore implements RecordStore {
  constructor(private readonly warehouse: ReadyWarehouse) {}

  insertRequests(records: RecordedUsage[]): Promise<void> {
    const ids = records.map(({ requestId }) => requestId);
    return this.insert('requests', ids, records.map(toRequestRow));
  }

  insertCostAdjustments(adjustments: CostAdjustment[]): Promise<void> {
    const ids = adjustments.map(({ adjustmentId }) => adjustmentId);
    return this.insert('cost_adjustments', ids, adjustments.map(toCostAdjustmentRow));
  }

  insertWalletEntries(entries: WalletEntry[]): Promise<void> {
    const ids = entries.map(({ entryId }) => entryId);
    return this.insert('wallet_events', ids, entries.map(toWalletEntryRow));
  }

  private async insert(table: string, ids: string[], rows: object[]): Promise<void> {
    const warehouse = await this.warehouse.get();
    await warehouse.insert(table, rows, { dedupeToken: tokenOf(ids), deadlineMs: INSERT_DEADLINE_MS });
  }
}

const tokenOf = (ids: string[]): string => createHash('sha256').update(JSON.stringify(ids)).digest('hex');
