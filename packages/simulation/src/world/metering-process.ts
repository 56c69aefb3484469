import type { EventEnvelope } from '@ao/bus';
import type { UsageReport } from '@ao/contracts';
import type { MemorySession } from '@ao/database/memory';
import type { Logger } from '@ao/kernel';
import { MemoryRequestLog, RecordUsage, type RequestLogTables } from '@ao/metering/simulation';
import type { Life } from '../engine/life.js';
import type { Sabotage } from '../mutations/sabotage.js';
import { PRICE } from './model.js';

interface MeteringParts {
  life: Life;
  session: MemorySession;
  tables: RequestLogTables;
  logger: Logger;
  sabotage: Sabotage;
}

/** One replica of the metering service, as far as it stands between gateways and ledger. */
export class MeteringProcess {
  readonly life: Life;
  private readonly recordUsage: RecordUsage;

  constructor({ life, session, tables, logger, sabotage }: MeteringParts) {
    this.life = life;
    const honest = new MemoryRequestLog(tables, session);
    const log = sabotage.requestLog?.(honest) ?? honest;
    const prices = {
      find: async (rowIds: readonly string[]) => {
        await session.statement('find prices');
        return new Map(rowIds.filter((id) => id === PRICE.id).map((id) => [id, PRICE]));
      },
    };
    this.recordUsage = new RecordUsage(log, prices, life.clock, logger);
  }

  handle(events: EventEnvelope<UsageReport>[]): Promise<void> {
    return this.recordUsage.execute(events.map(({ payload }) => payload));
  }
}
