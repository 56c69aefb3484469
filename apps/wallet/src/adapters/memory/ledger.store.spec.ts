import { MemoryDatabase } from '@ao/database/memory';
import { ManualClock } from '@ao/kernel';
import { describeLedgerStore } from '../../ledger-store.suite.js';
import { MemoryLedgerStore } from './ledger.store.js';
import { MemoryWalletRepository } from './wallet.repository.js';
import { WalletTables } from './wallet-tables.js';

describeLedgerStore('memory', async () => {
  const clock = new ManualClock();
  const tables = new WalletTables(new MemoryDatabase(() => clock.nowMs()));
  const session = tables.database.openSession(() => new Promise(setImmediate));
  return {
    store: new MemoryLedgerStore(tables, session),
    wallets: new MemoryWalletRepository(tables, session),
    outboxIds: async (subject) =>
      tables.database.outbox
        .all()
        .filter((row) => row.subject === subject)
        .map(({ id }) => id),
    settle: async () => {
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    },
    close: async () => undefined,
  };
});
