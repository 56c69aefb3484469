import type { Database } from '@ao/database';
import type { LedgerAudit, LedgerViolation } from '../../application/ports.js';
import { findBroken } from './ledger.laws.js';

export class PostgresLedgerAudit implements LedgerAudit {
  constructor(private readonly database: Database) {}

  findViolations(violationsMax: number): Promise<LedgerViolation[]> {
    return this.database.transaction(async (client) => {
      // One snapshot for all laws: between two, postings would look like mistakes.
      await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      return findBroken(client, { max: violationsMax, since: null });
    });
  }
}
