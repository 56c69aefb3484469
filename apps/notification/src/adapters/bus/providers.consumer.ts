import { Consumes, type EventEnvelope } from '@ao/bus';
import { providerHealthChangedV1, providerKeyRotationFailedV1, type PayloadOf } from '@ao/contracts';
import { Controller } from '@nestjs/common';
import { RaiseProviderAlerts } from '../../application/raise-provider-alerts.js';

@Controller()
export class ProvidersConsumer {
  constructor(private readonly raiseProviderAlerts: RaiseProviderAlerts) {}

  @Consumes(providerHealthChangedV1, { kind: 'durable', name: 'notification-provider-health', batchSizeMax: 100 })
  async healthChanged(events: EventEnvelope<PayloadOf<typeof providerHealthChangedV1>>[]): Promise<void> {
    await this.raiseProviderAlerts.healthChanged(events);
  }

  @Consumes(providerKeyRotationFailedV1, { kind: 'durable', name: 'notification-key-rotations', batchSizeMax: 100 })
  async rotationFailed(events: EventEnvelope<PayloadOf<typeof providerKeyRotationFailedV1>>[]): Promise<void> {
    await this.raiseProviderAlerts.rotationsFailed(events);
  }
}
