import { Consumes, type EventEnvelope } from '@ao/bus';
import { costAdjustedV1, type CostAdjustment } from '@ao/contracts';
import { Controller } from '@nestjs/common';
import { CorrectCosts, CORRECTIONS_CONSUMER } from '../../application/correct-costs.js';

@Controller()
export class CostAdjustedConsumer {
  constructor(private readonly correctCosts: CorrectCosts) {}

  @Consumes(costAdjustedV1, { kind: 'durable', name: CORRECTIONS_CONSUMER, batchSizeMax: 500, batchWaitMs: 5 })
  async handle(events: EventEnvelope<CostAdjustment>[]): Promise<void> {
    await this.correctCosts.execute(events);
  }
}
