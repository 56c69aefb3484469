import type { BatchEndpoint, BatchError, BatchStatus } from '@ao/contracts';
import type { Database, Queryable } from '@ao/database';
import {
  LeaseLost,
  type BatchQueue,
  type MadeFiles,
  type NewLine,
  type StoredOutcome,
} from '../../application/batches/ports.js';
import type { BatchLine, BatchProgress, BatchRun } from '../../domain/batch.js';
import { CLAIM, CLAIM_LINES, DEFER_UNSURE, END, END_LINE, HELD, OUTCOMES, POSTPONE_LINE, RENEW } from './batch.sql.js';

interface ClaimedRow {
  id: string;
  org_id: string;
  key_id: string;
  run_number: number;
  endpoint: string;
  input_file_id: string;
  sealed_key: string | null;
  created_at: Date;
  expires_at: Date;
  output_expires_after_seconds: number | null;
}

interface LineRow {
  position: number;
  custom_id: string;
  body: string;
  attempts: number;
  unsure: boolean;
}

/** Leases run by the clock of the database, as those of tasks. No transaction is open while a line runs. */
export class PostgresBatchQueue implements BatchQueue {
  constructor(private readonly database: Database) {}

  async claim({ limit, leaseMs }: { limit: number; leaseMs: number }): Promise<BatchRun[]> {
    const { rows } = await this.database.transaction((client) => client.query<ClaimedRow>(CLAIM, [limit, leaseMs]));
    return rows.map((row) => ({
      batchId: row.id,
      orgId: row.org_id,
      keyId: row.key_id,
      runNumber: row.run_number,
      endpoint: row.endpoint as BatchEndpoint,
      inputFileId: row.input_file_id,
      sealedKey: row.sealed_key,
      createdAtMs: row.created_at.getTime(),
      expiresAtMs: row.expires_at.getTime(),
      outputExpiresAfterSeconds: row.output_expires_after_seconds,
    }));
  }

  async renew(runs: BatchRun[], leaseMs: number): Promise<BatchRun[]> {
    const values = [runs.map(({ batchId }) => batchId), runs.map(({ runNumber }) => runNumber), leaseMs];
    const { rows } = await this.database.pool.query<{ id: string; run_number: number }>(RENEW, values);
    return runs.filter((run) => rows.some((row) => row.id === run.batchId && row.run_number === run.runNumber));
  }

  async release({ batchId, runNumber }: BatchRun): Promise<void> {
    await this.database.pool.query(`UPDATE batch SET due_at = now() ${HELD}`, [batchId, runNumber]);
  }

  async look({ batchId, runNumber }: BatchRun): Promise<BatchProgress | null> {
    const { rows } = await this.database.pool.query<{ status: string; open: number }>(
      `SELECT status, total - completed - failed AS open FROM batch ${HELD}`,
      [batchId, runNumber],
    );
    return rows[0] ? { status: rows[0].status as BatchStatus, open: rows[0].open } : null;
  }

  clearLines(run: BatchRun): Promise<void> {
    return this.holding(run, 'validating', async (client) => {
      await client.query('DELETE FROM batch_line WHERE batch_id = $1', [run.batchId]);
    });
  }

  addLines(run: BatchRun, lines: NewLine[]): Promise<void> {
    const columns = [
      lines.map((line) => line.position),
      lines.map((line) => line.customId),
      lines.map((line) => line.body),
    ];
    return this.holding(run, 'validating', async (client) => {
      await client.query(
        `INSERT INTO batch_line (batch_id, position, custom_id, body)
         SELECT $1::text, line.* FROM unnest($2::int[], $3::text[], $4::text[]) AS line`,
        [run.batchId, ...columns],
      );
    });
  }

  begin(run: BatchRun, total: number, nowMs: number): Promise<void> {
    return this.holding(run, 'validating', async (client) => {
      await client.query(`UPDATE batch SET status = 'in_progress', total = $2, in_progress_at = $3 WHERE id = $1`, [
        run.batchId,
        total,
        new Date(nowMs),
      ]);
    });
  }

  fail(run: BatchRun, errors: BatchError[], nowMs: number): Promise<void> {
    return this.holding(run, null, async (client) => {
      await client.query('DELETE FROM batch_line WHERE batch_id = $1', [run.batchId]);
      await client.query(
        `UPDATE batch SET status = 'failed', errors = $2, failed_at = $3, sealed_key = NULL WHERE id = $1`,
        [run.batchId, JSON.stringify(errors), new Date(nowMs)],
      );
    });
  }

  deferUnsure(run: BatchRun, settleMs: number): Promise<void> {
    return this.holding(run, 'in_progress', async (client) => {
      await client.query(DEFER_UNSURE, [run.batchId, settleMs]);
    });
  }

  async claimLines(
    { batchId, runNumber }: BatchRun,
    { limit, settleMs }: { limit: number; settleMs: number },
  ): Promise<BatchLine[]> {
    const { rows } = await this.database.transaction((client) =>
      client.query<LineRow>(CLAIM_LINES, [batchId, runNumber, limit, settleMs]),
    );
    return rows
      .map((row) => ({
        position: row.position,
        customId: row.custom_id,
        sealedBody: row.body,
        attempts: row.attempts,
        unsure: row.unsure,
      }))
      .sort((one, other) => one.position - other.position);
  }

  endLine(
    run: BatchRun,
    position: number,
    { succeeded, outcome }: { succeeded: boolean; outcome: string },
  ): Promise<void> {
    return this.holding(run, null, async (client) => {
      const { rowCount } = await client.query(END_LINE, [run.batchId, position, succeeded, outcome]);
      // Written before an attempt whose answer was lost.
      if (rowCount === 0) return;
      const count = succeeded ? 'completed' : 'failed';
      await client.query(`UPDATE batch SET ${count} = ${count} + 1 WHERE id = $1`, [run.batchId]);
    });
  }

  postponeLine(
    run: BatchRun,
    position: number,
    { delayMs, unsure }: { delayMs: number; unsure: boolean },
  ): Promise<void> {
    return this.holding(run, null, async (client) => {
      await client.query(POSTPONE_LINE, [run.batchId, position, delayMs, unsure]);
    });
  }

  finalize(run: BatchRun, nowMs: number): Promise<void> {
    return this.holding(run, 'in_progress', async (client) => {
      await client.query(`UPDATE batch SET status = 'finalizing', finalizing_at = $2 WHERE id = $1`, [
        run.batchId,
        new Date(nowMs),
      ]);
    });
  }

  async outcomes({ batchId }: BatchRun, { after, limit }: { after: number; limit: number }): Promise<StoredOutcome[]> {
    const { rows } = await this.database.pool.query<StoredOutcome & { custom_id: string }>(OUTCOMES, [
      batchId,
      after,
      limit,
    ]);
    return rows.map(({ custom_id: customId, position, succeeded, outcome }) => ({
      position,
      customId,
      succeeded,
      outcome,
    }));
  }

  end(run: BatchRun, end: 'completed' | 'expired' | 'cancelled', files: MadeFiles, nowMs: number): Promise<void> {
    const { outputFileId, errorFileId, expiresAtMs } = files;
    return this.holding(run, null, async (client) => {
      await client.query(
        `UPDATE file SET status = 'processed', purpose = 'batch_output', expires_at = $2 WHERE id = ANY($1)`,
        [[outputFileId, errorFileId].filter((id) => id !== null), new Date(expiresAtMs)],
      );
      await client.query('DELETE FROM batch_line WHERE batch_id = $1', [run.batchId]);
      await client.query(END[end], [run.batchId, outputFileId, errorFileId, new Date(nowMs)]);
    });
  }

  /** Does its work only while this run has the batch, in that status if one is named; nobody else changes it meanwhile. */
  private holding(
    run: BatchRun,
    status: BatchStatus | null,
    work: (client: Queryable) => Promise<void>,
  ): Promise<void> {
    return this.database.transaction(async (client) => {
      const { rows } = await client.query<{ status: string }>(`SELECT status FROM batch ${HELD} FOR UPDATE`, [
        run.batchId,
        run.runNumber,
      ]);
      if (!rows[0] || (status !== null && rows[0].status !== status))
        throw new LeaseLost('the batch is not this run’s');
      await work(client);
    });
  }
}
