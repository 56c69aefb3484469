import type { WalletEntry } from '../../application/ports.js';
import { toDateTime } from './date-time.js';

/** A posting as its row: money as text of an integer. */
export const toWalletEntryRow = (entry: WalletEntry): Record<string, unknown> => ({
  entry_id: entry.entryId,
  wallet_id: entry.walletId,
  org_id: entry.orgId,
  kind: entry.kind,
  amount_nano_usd: entry.amount.toString(),
  request_id: entry.requestId ?? '',
  period_key: entry.periodKey,
  posted_at: toDateTime(Date.parse(entry.postedAt)),
});
