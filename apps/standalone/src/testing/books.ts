import { openDatabase } from '@ao/database';
import { nanoUsd, type NanoUsd } from '@ao/kernel';
import { checkLedger } from '@ao/wallet';
import type { RunningPlatform } from './start-platform.js';

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

const describe = ({
  law,
  walletId,
  expected,
  found,
}: Awaited<ReturnType<typeof checkLedger>>['violations'][number]): string =>
  `${law} of ${walletId}: ${found} instead of ${expected}`;
