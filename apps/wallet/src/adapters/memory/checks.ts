import type { RecordedEntry } from '../../application/ports.js';
import type { PeriodBalance } from '../../domain/balance.js';
import type { Lease } from '../../domain/lease.js';

/** The CHECK constraints of the tables, by the names that PostgreSQL knows them under. */

export function checkPeriod({ held, credit }: PeriodBalance): void {
  require(credit.credited >= 0n, 'period_balance_credited_is_not_negative');
  require(credit.refunded >= 0n, 'period_balance_refunded_is_not_negative');
  require(held >= 0n, 'period_balance_held_is_not_negative');
}

export function checkLease({ granted, used, returned }: Lease): void {
  require(granted > 0n, 'lease_grants_something');
  require(used >= 0n && returned >= 0n && used + returned <= granted, 'lease_gives_no_more_than_granted');
}

export function checkEntry({ amount, kind, debitAccount, creditAccount }: RecordedEntry): void {
  require(amount > 0n || (kind === 'reset' && amount === 0n), 'entry_moves_money_unless_marker');
  require(debitAccount !== creditAccount, 'entry_has_two_sides');
}

function require(holds: boolean, constraint: string): void {
  if (!holds) throw Object.assign(new Error(`new row violates check constraint "${constraint}"`), { code: '23514' });
}
