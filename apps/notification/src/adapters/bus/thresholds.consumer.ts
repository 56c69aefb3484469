import { Consumes, type EventEnvelope } from '@ao/bus';
import { walletThresholdCrossedV1, type PayloadOf } from '@ao/contracts';
import { Controller } from '@nestjs/common';
import { RaiseAlerts, type News } from '../../application/raise-alerts.js';

type ThresholdCrossed = EventEnvelope<PayloadOf<typeof walletThresholdCrossedV1>>;

const CONSUMER = 'notification-thresholds';

@Controller()
export class ThresholdsConsumer {
  constructor(private readonly raiseAlerts: RaiseAlerts) {}

  @Consumes(walletThresholdCrossedV1, { kind: 'durable', name: CONSUMER, batchSizeMax: 100 })
  async crossed(events: ThresholdCrossed[]): Promise<void> {
    await this.raiseAlerts.execute(CONSUMER, events.map(toNews));
  }
}

function toNews({ id: eventId, payload, requestId }: ThresholdCrossed): News {
  const { orgId, walletId, walletName, thresholdPercent, limit, spent, periodKey: period, crossedAt } = payload;
  return {
    eventId,
    orgId,
    subject: walletId,
    // The envelope carries the id that the caller sent; the payload's may be one of ours.
    requestId: requestId ?? payload.requestId,
    facts: { type: 'budget_threshold', walletId, walletName, thresholdPercent, limit, spent, period, crossedAt },
  };
}
