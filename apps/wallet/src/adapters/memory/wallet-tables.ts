import { MemoryDatabase, MemoryTable } from '@ao/database/memory';
import type { AskedAdjustment, TopUp } from '../../application/credit-ports.js';
import type { AnsweredAcquisition, Idempotency, RecordedEntry } from '../../application/ports.js';
import type { PeriodBalance } from '../../domain/balance.js';
import type { Credit } from '../../domain/credit.js';
import type { Lease } from '../../domain/lease.js';
import type { Wallet } from '../../domain/wallet.js';

export interface WalletRow {
  wallet: Wallet;
  idempotency: Idempotency | null;
  /** False once a budget of a template has been changed by itself. */
  followsTemplate: boolean;
}

export interface PeriodRow extends PeriodBalance {
  startsAtMs: number | null;
}

export type TopUpRow = TopUp & Pick<Credit, 'remaining' | 'expired'>;

/** The answer as text: what is read back shares nothing with what was written. */
export type AcquisitionRow = Omit<AnsweredAcquisition, 'answer'> & { answer: string; createdAtMs: number };

/** The tables of the service in memory, for simulations. Keys are those of the primary keys and unique indices. */
export class WalletTables {
  readonly wallets = new MemoryTable<WalletRow>('wallet');
  readonly periods = new MemoryTable<PeriodRow>('period_balance');
  readonly leases = new MemoryTable<Lease>('lease');
  readonly entries = new MemoryTable<RecordedEntry>('entry');
  readonly acquisitions = new MemoryTable<AcquisitionRow>('acquisition');
  readonly topUps = new MemoryTable<TopUpRow>('credit');
  readonly adjustments = new MemoryTable<AskedAdjustment>('adjustment');
  readonly crossings = new MemoryTable<object>('threshold_crossing');
  /** Stands for the unique index over a template and its values. */
  readonly derived = new MemoryTable<object>('derived_budget');
  /** Stands for PostgreSQL's advisory locks. */
  readonly organisations = new MemoryTable<object>('organisation');

  constructor(readonly database: MemoryDatabase) {}
}
