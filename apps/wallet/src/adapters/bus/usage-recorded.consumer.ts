import { Consumes, type EventEnvelope } from '@ao/bus';
import { usageRecordedV1, type UsageReport } from '@ao/contracts';
import { Controller } from '@nestjs/common';
import { LEDGER_CONSUMER, SettleUsage } from '../../application/settle-usage.js';

@Controller()
export class UsageRecordedConsumer {
  constructor(private readonly settleUsage: SettleUsage) {}

  @Consumes(usageRecordedV1, { kind: 'durable', name: LEDGER_CONSUMER, batchSizeMax: 500, batchWaitMs: 5 })
  async handle(events: EventEnvelope<UsageReport>[]): Promise<void> {
    await this.settleUsage.execute(events);
  }
}
