import { Consumes, type EventEnvelope } from '@ao/bus';
import { usageReportedV1, type UsageReport } from '@ao/contracts';
import { Controller } from '@nestjs/common';
import { RecordUsage } from '../../application/record-usage.js';

/** One transaction's worth: more would hold its locks longer without being faster. */
const BATCH_EVENTS_MAX = 500;
/** What a report may wait for others to join it; nobody waits for the request log. */
const BATCH_WAIT_MS = 20;

@Controller()
export class UsageConsumer {
  constructor(private readonly recordUsage: RecordUsage) {}

  @Consumes(usageReportedV1, {
    kind: 'durable',
    name: 'metering-usage',
    batchSizeMax: BATCH_EVENTS_MAX,
    batchWaitMs: BATCH_WAIT_MS,
  })
  async reported(events: EventEnvelope<UsageReport>[]): Promise<void> {
    await this.recordUsage.execute(events.map(({ payload }) => payload));
  }
}
