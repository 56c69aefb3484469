import { fileURLToPath } from 'node:url';
import type { Database } from '@ao/database';
import type { ServiceDefinition } from '@ao/runtime';
import { PostgresLedgerAudit } from './adapters/postgres/ledger.audit.js';
import { checkLedger as check } from './application/check-ledger.js';
import type { LedgerViolation } from './application/ports.js';
import { WalletModule } from './wallet.module.js';

export { walletSettings } from './config.js';
export type { LedgerViolation } from './application/ports.js';

/** Wallets, their ledger and the budget leases of the gateways. */
export const walletService: ServiceDefinition = {
  name: 'wallet',
  migrationsDirectory: fileURLToPath(new URL('../../../prisma/wallet/migrations', import.meta.url)),
  build: (context) => WalletModule.register(context),
};

/**
 * Proves the laws of the ledger over everything in it, on one consistent view; reads whole tables.
 * @param database The wallet service's own (schema `wallet`).
 */
export const checkLedger = (database: Database): Promise<{ ok: boolean; violations: LedgerViolation[] }> =>
  check(new PostgresLedgerAudit(database));
