import { walletEntryKind } from '@ao/contracts';
import { databaseErrorCode, translateDatabaseError, type Database } from '@ao/database';
import { AppError, ZERO_USD } from '@ao/kernel';
import type { EntryQuery, LedgerReader, ListedEntry, Taken, TopUp } from '../../application/credit-ports.js';
import { NO_CREDIT } from '../../domain/credit.js';
import { Ledger, type PeriodRef } from '../../domain/ledger.js';
import { readCreditsDue } from './credits.js';
import { BALANCE_COLUMNS } from './ledger.sql.js';
import { toTopUp, type TopUpRow } from './once-records.js';
import { amount, toBalance, toTimestamp, type BalanceRow } from './rows.js';

/** Within the deadline of the question: an answer that nobody waits for any more is not worth searching for. */
const LIST_TIMEOUT_MS = 4_000;
const QUERY_CANCELED = '57014';
const NOTHING = { posted: ZERO_USD, held: ZERO_USD, spendableMax: null, credit: NO_CREDIT };

export class PostgresLedgerReader implements LedgerReader {
  constructor(private readonly database: Database) {}

  readPeriod(ref: PeriodRef): Promise<Ledger> {
    return this.database.transaction(async (client) => {
      // Balance and credits of one moment: between two, an expiry would look like money that came from nowhere.
      await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      const text = `SELECT ${BALANCE_COLUMNS} FROM period_balance WHERE wallet_id = $1 AND period_key = $2`;
      const { rows } = await client.query<BalanceRow>(text, [ref.walletId, ref.periodKey]);
      const credits = await readCreditsDue(client, rows.filter(hasCredits), 'all');
      return new Ledger(rows[0] ? [toBalance(rows[0])] : [{ ...ref, ...NOTHING }], [], credits);
    });
  }

  async listTopUps(
    walletId: string,
    { limit, after }: { limit: number; after: string | undefined },
  ): Promise<(TopUp & Taken)[]> {
    const text =
      'SELECT * FROM credit WHERE wallet_id = $1 AND ($2::text IS NULL OR id < $2) ORDER BY id DESC LIMIT $3';
    return (await this.query<TopUpRow>(text, [walletId, after ?? null, limit])).map(toTopUp);
  }

  async listEntries(query: EntryQuery): Promise<ListedEntry[]> {
    const { text, values } = selectEntries(query);
    try {
      return await this.database.transaction(async (client) => {
        await client.query(`SET LOCAL statement_timeout = ${LIST_TIMEOUT_MS}`);
        return (await client.query<EntryRow>(text, values)).rows.map(toEntry);
      });
    } catch (cause) {
      if (databaseErrorCode(cause) !== QUERY_CANCELED) throw cause;
      const message = 'These filters leave too many entries to search. Narrow the time with from and to.';
      throw new AppError('timeout', message, { cause });
    }
  }

  async findPeriods(idempotencyKeys: readonly string[]): Promise<Map<string, string>> {
    if (idempotencyKeys.length === 0) return new Map();
    const text = 'SELECT idempotency_key, period_key FROM entry WHERE idempotency_key = ANY($1::text[])';
    const rows = await this.query<{ idempotency_key: string; period_key: string }>(text, [idempotencyKeys]);
    return new Map(rows.map((row) => [row.idempotency_key, row.period_key]));
  }

  private async query<Row extends object>(text: string, values: unknown[]): Promise<Row[]> {
    try {
      return (await this.database.pool.query<Row>(text, values)).rows;
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }
}

const hasCredits = (row: BalanceRow): boolean => row.next_expiry_at !== null;

function selectEntries(query: EntryQuery): { text: string; values: unknown[] } {
  const values: unknown[] = [query.walletId];
  const conditions = ['wallet_id = $1'];
  const where = (condition: (placeholder: string) => string, value: unknown): void => {
    if (value !== undefined) conditions.push(condition(`$${values.push(value)}`));
  };
  where((kind) => `kind = ${kind}`, query.kind);
  where((time) => `posted_at >= ${time}`, query.from);
  where((time) => `posted_at < ${time}`, query.before);
  if (query.after) {
    const time = `$${values.push(toTimestamp(query.after.postedAtMs))}`;
    conditions.push(`(posted_at, id) < (${time}, $${values.push(query.after.id)})`);
  }
  const text = `
    SELECT id, wallet_id, kind, amount, debit_account, credit_account, request_id, period_key, note, posted_at
    FROM entry WHERE ${conditions.join(' AND ')} ORDER BY posted_at DESC, id DESC LIMIT $${values.push(query.limit)}`;
  return { text, values };
}

interface EntryRow {
  id: string;
  wallet_id: string;
  kind: string;
  amount: string;
  debit_account: string;
  credit_account: string;
  request_id: string | null;
  period_key: string;
  note: string | null;
  posted_at: Date;
}

const toEntry = (row: EntryRow): ListedEntry => ({
  id: row.id,
  walletId: row.wallet_id,
  kind: walletEntryKind.parse(row.kind),
  amount: amount(row.amount),
  debitAccount: row.debit_account,
  creditAccount: row.credit_account,
  requestId: row.request_id,
  periodKey: row.period_key,
  note: row.note,
  postedAtMs: row.posted_at.getTime(),
});
