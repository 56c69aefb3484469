import type { ChargeSummary } from '@ao/contracts';
import { databaseErrorCode, type Database } from '@ao/database';
import { AppError, nanoUsd } from '@ao/kernel';
import type { ChargeQuery, ChargeSummaries } from '../../application/summarise-charges.js';

/** Within the deadline of the question: an answer that nobody waits for any more is not worth computing. */
const TIMEOUT_MS = 9_000;
const QUERY_CANCELED = '57014';

const SUMMARISE = `
SELECT team_id, wallet_ids[1] AS wallet_id, provider, model, count(*) AS calls, sum(cost_nano_usd) AS cost
FROM request_log
WHERE org_id = $1 AND started_at >= $2 AND started_at < $3 AND ($4::text IS NULL OR team_id = $4)
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4 LIMIT $5`;

interface SummaryRow {
  team_id: string | null;
  wallet_id: string | null;
  provider: string;
  model: string;
  calls: string;
  cost: string;
}

export class PostgresChargeSummaries implements ChargeSummaries {
  constructor(private readonly database: Database) {}

  async summarise({ orgId, from, before, teamId, rowsMax }: ChargeQuery): Promise<ChargeSummary[]> {
    try {
      return await this.database.transaction(async (client) => {
        await client.query(`SET LOCAL statement_timeout = ${TIMEOUT_MS}`);
        const values = [orgId, from, before, teamId ?? null, rowsMax];
        return (await client.query<SummaryRow>(SUMMARISE, values)).rows.map(toSummary);
      });
    } catch (cause) {
      if (databaseErrorCode(cause) !== QUERY_CANCELED) throw cause;
      const message = 'The range has too many calls to sum up at once. Ask for a shorter one, or for one team.';
      throw new AppError('timeout', message, { cause });
    }
  }
}

const toSummary = (row: SummaryRow): ChargeSummary => ({
  teamId: row.team_id,
  walletId: row.wallet_id,
  provider: row.provider,
  model: row.model,
  calls: Number(row.calls),
  cost: nanoUsd(BigInt(row.cost)),
});
