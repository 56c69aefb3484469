import type { RequestLogRow } from '@ao/contracts';
import {
  appendMemoryOutbox,
  MemoryTable,
  type MemoryDatabase,
  type MemorySession,
  type MemoryTransaction,
} from '@ao/database/memory';
import type { RecordedCall, RecordOutcome, RefusedCall, RequestLog } from '../../application/ports.js';
import type { RefusalReason } from '../../domain/storable.js';

interface RefusedRow {
  requestId: string;
  reason: RefusalReason;
}

/** The tables of the request log in memory, for simulations. */
export class RequestLogTables {
  readonly calls = new MemoryTable<RequestLogRow>('request_log');
  readonly refused = new MemoryTable<RefusedRow>('usage_refused');

  constructor(readonly database: MemoryDatabase) {}
}

/** Records calls in memory as over PostgreSQL; `request-log.suite.ts` holds both to the same. */
export class MemoryRequestLog implements Pick<RequestLog, 'record'> {
  constructor(
    private readonly tables: RequestLogTables,
    private readonly session: MemorySession,
  ) {}

  record(calls: readonly RecordedCall[], refused: readonly RefusedCall[]): Promise<RecordOutcome> {
    const ordered = calls.toSorted((a, b) => (a.record.requestId < b.record.requestId ? -1 : 1));
    return this.session.transaction(async (transaction) => {
      const recorded = await this.insertCalls(transaction, ordered);
      const events = recorded.map(({ event }) => event);
      await appendMemoryOutbox(this.tables.database, transaction, events);
      await this.keepRefused(transaction, refused);
      const left = ordered.filter((call) => !recorded.includes(call));
      const colliding = left.filter(({ record }) => this.isAnotherCall(transaction, record));
      await this.keepRefused(
        transaction,
        colliding.map((call) => ({ call, reason: 'request_id_taken' as const })),
      );
      const collidingRequestIds = colliding.map(({ record }) => record.requestId);
      const repeatedCount = left.length - colliding.length;
      return { recordedCount: recorded.length, repeatedCount, collidingRequestIds };
    });
  }

  private async insertCalls(transaction: MemoryTransaction, calls: readonly RecordedCall[]): Promise<RecordedCall[]> {
    if (calls.length === 0) return [];
    await transaction.statement('insert calls');
    const recorded: RecordedCall[] = [];
    for (const call of calls) {
      if (await transaction.insert(this.tables.calls, call.record.requestId, call.record)) recorded.push(call);
    }
    return recorded;
  }

  private async keepRefused(transaction: MemoryTransaction, refused: readonly RefusedCall[]): Promise<void> {
    if (refused.length === 0) return;
    await transaction.statement('keep refused');
    for (const { call, reason } of refused) {
      const { requestId } = call.record;
      await transaction.insert(this.tables.refused, `${requestId}\n${call.json}`, { requestId, reason });
    }
  }

  private isAnotherCall(transaction: MemoryTransaction, { requestId, ...call }: RequestLogRow): boolean {
    const taken = this.tables.calls.get(requestId, transaction)!;
    return (['orgId', 'keyId', 'startedAtMs'] as const).some((field) => taken[field] !== call[field]);
  }
}
