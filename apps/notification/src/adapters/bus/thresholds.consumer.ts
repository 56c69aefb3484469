import { Consumes, type EventEnvelope } from '@ao/bus';
import { walletThresholdCrossedV1, type PayloadOf } from '@ao/contracts';
import { Controller } from '@nestjs/common';
import { RaiseThresholdAlerts } from '../../application/raise-threshold-alerts.js';

@Controller()
export class ThresholdsConsumer {
  constructor(private readonly raiseThresholdAlerts: RaiseThresholdAlerts) {}

  @Consumes(walletThresholdCrossedV1, { kind: 'durable', name: 'notification-thresholds', batchSizeMax: 100 })
  async crossed(events: EventEnvelope<PayloadOf<typeof walletThresholdCrossedV1>>[]): Promise<void> {
    await this.raiseThresholdAlerts.execute(events);
  }
}
