import { openDatabase } from '@ao/database';
import { nanoUsd, type NanoUsd } from '@ao/kernel';
import { checkLedger, type LedgerViolation } from '@ao/wallet';
import type { ApiClient } from './api-client.js';
import type { RunningPlatform } from './start-platform.js';
import { expectStatus } from './tenants.js';

/** What the ledger says of one call and one wallet. */
export interface LedgerEntry {
  walletId: string;
  requestId: string;
  kind: string;
  amount: NanoUsd;
}

/**
 * Proves the laws of a cluster's ledger in its database, and gives what was posted for calls.
 * @throws Error with every violation.
 */
export async function assertLedger(platform: RunningPlatform): Promise<{ entries: LedgerEntry[] }> {
  const url = platform.home.environment['DATABASE_URL'];
  if (!url) throw new Error('only the database of a cluster can be looked into');
  const database = openDatabase({
    url,
    schema: 'wallet',
    poolSizeMax: 1,
    connectTimeoutMs: 5_000,
    statementTimeoutMs: 10_000,
  });
  try {
    const { violations } = await checkLedger(database);
    if (violations.length > 0) throw new Error(`the ledger breaks its laws: ${violations.map(describe).join('; ')}`);
    const { rows } = await database.pool.query<{ wallet_id: string; request_id: string; kind: string; amount: string }>(
      'SELECT wallet_id, request_id, kind, amount FROM entry WHERE request_id IS NOT NULL',
    );
    return {
      entries: rows.map(({ wallet_id: walletId, request_id: requestId, kind, amount }) => ({
        walletId,
        requestId,
        kind,
        amount: nanoUsd(BigInt(amount)),
      })),
    };
  } finally {
    await database.close();
  }
}

/** All of the request log that this key sees. */
export async function readRequestLog(api: ApiClient): Promise<Record<string, any>[]> {
  const rows: Record<string, any>[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { body } = expectStatus(await api.get(`/v1/requests?limit=500${after}`), 200);
    rows.push(...body.data);
    cursor = body.next_cursor;
  }
  return rows;
}

const describe = ({ law, walletId, expected, found }: LedgerViolation): string =>
  `${law} of ${walletId}: ${found} instead of ${expected}`;
