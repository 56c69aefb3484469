import { fileURLToPath } from 'node:url';
import { migrate, openDatabase } from '@ao/database';
import { sleep } from '@ao/kernel';
import { createTestDatabase } from '@ao/testing';
import { describeLedgerStore } from '../../ledger-store.suite.js';
import { PostgresLedgerStore } from './ledger.store.js';
import { WalletStore } from './store.js';
import { PostgresWalletRepository } from './wallet.repository.js';

/** Long enough for a statement to reach its lock. */
const LOCKED_AFTER_MS = 100;

describeLedgerStore('PostgreSQL', async () => {
  const server = await createTestDatabase();
  const directory = fileURLToPath(new URL('../../../../../prisma/wallet/migrations', import.meta.url));
  await migrate({ url: server.url, schema: 'wallet', directory });
  const limits = { poolSizeMax: 5, connectTimeoutMs: 2_000, statementTimeoutMs: 10_000 };
  const database = openDatabase({ url: server.url, schema: 'wallet', ...limits });
  return {
    store: new PostgresLedgerStore(database),
    wallets: new PostgresWalletRepository(new WalletStore(database)),
    outboxIds: async (subject) =>
      (await database.pool.query<{ id: string }>('SELECT id FROM outbox WHERE subject = $1', [subject])).rows.map(
        ({ id }) => id,
      ),
    settle: () => sleep(LOCKED_AFTER_MS),
    close: async () => {
      await database.close();
      await server.drop();
    },
  };
});
