import type { Queryable } from '@ao/database';
import type { AskedAdjustment, OnceRecords, Taken, TopUp } from '../../application/credit-ports.js';
import { amount, toTimestamp } from './rows.js';

// Not among the credits that can be spent until the ledger has it: what is left of it is written with the ledger.
const INSERT_CREDIT = `
INSERT INTO credit (id, org_id, wallet_id, idempotency_key, amount, expires_at, remaining, reference, note, created_by,
  created_at)
VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10) ON CONFLICT (wallet_id, idempotency_key) DO NOTHING`;

const INSERT_ADJUSTMENT = `
INSERT INTO adjustment (id, org_id, wallet_id, idempotency_key, amount, reason, request_id, created_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (wallet_id, idempotency_key) DO NOTHING`;

/** Top-ups, each once per wallet and key. */
export const topUpRecords = (client: Queryable): OnceRecords<TopUp> => ({
  async claim(key, topUp) {
    const { id, orgId, walletId, expiresAtMs, reference, note, createdBy, createdAtMs } = topUp;
    const columns = [toTimestamp(expiresAtMs), reference, note, createdBy, toTimestamp(createdAtMs)];
    const { rowCount } = await client.query(INSERT_CREDIT, [id, orgId, walletId, key, topUp.amount, ...columns]);
    if (rowCount === 1) return null;
    const text = 'SELECT * FROM credit WHERE wallet_id = $1 AND idempotency_key = $2';
    return toTopUp((await client.query<TopUpRow>(text, [walletId, key])).rows[0]!);
  },
});

/** Adjustments, each once per wallet and key. */
export const adjustmentRecords = (client: Queryable): OnceRecords<AskedAdjustment> => ({
  async claim(key, adjustment) {
    const { id, orgId, walletId, reason, requestId, createdBy, createdAtMs } = adjustment;
    const columns = [adjustment.amount, reason, requestId, createdBy, toTimestamp(createdAtMs)];
    const { rowCount } = await client.query(INSERT_ADJUSTMENT, [id, orgId, walletId, key, ...columns]);
    if (rowCount === 1) return null;
    const text = 'SELECT * FROM adjustment WHERE wallet_id = $1 AND idempotency_key = $2';
    return toAdjustment((await client.query<AdjustmentRow>(text, [walletId, key])).rows[0]!);
  },
});

export interface TopUpRow {
  id: string;
  org_id: string;
  wallet_id: string;
  amount: string;
  expires_at: Date | null;
  expired: string;
  reference: string | null;
  note: string | null;
  created_by: string;
  created_at: Date;
}

export const toTopUp = (row: TopUpRow): TopUp & Taken => ({
  id: row.id,
  orgId: row.org_id,
  walletId: row.wallet_id,
  amount: amount(row.amount),
  expiresAtMs: row.expires_at?.getTime() ?? null,
  expired: amount(row.expired),
  reference: row.reference,
  note: row.note,
  createdBy: row.created_by,
  createdAtMs: row.created_at.getTime(),
});

interface AdjustmentRow {
  id: string;
  org_id: string;
  wallet_id: string;
  amount: string;
  reason: string;
  request_id: string | null;
  created_by: string;
  created_at: Date;
}

const toAdjustment = (row: AdjustmentRow): AskedAdjustment => ({
  id: row.id,
  orgId: row.org_id,
  walletId: row.wallet_id,
  amount: amount(row.amount),
  reason: row.reason,
  requestId: row.request_id,
  createdBy: row.created_by,
  createdAtMs: row.created_at.getTime(),
});
