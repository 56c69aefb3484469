import { Consumes, type EventEnvelope } from '@ao/bus';
import { reconciliationMismatchedV1, type PayloadOf } from '@ao/contracts';
import { Controller } from '@nestjs/common';
import { RaiseReconciliationAlerts } from '../../application/raise-reconciliation-alerts.js';

@Controller()
export class ReconciliationsConsumer {
  constructor(private readonly raiseReconciliationAlerts: RaiseReconciliationAlerts) {}

  @Consumes(reconciliationMismatchedV1, { kind: 'durable', name: 'notification-reconciliations', batchSizeMax: 100 })
  async mismatched(events: EventEnvelope<PayloadOf<typeof reconciliationMismatchedV1>>[]): Promise<void> {
    await this.raiseReconciliationAlerts.execute(events);
  }
}
