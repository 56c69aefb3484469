import type { EventEnvelope } from '@ao/bus';
import type { PayloadOf, providerHealthChangedV1, providerKeyRotationFailedV1 } from '@ao/contracts';
import type { Clock, IdGenerator } from '@ao/kernel';
import type { AlertFacts } from '../domain/alert.js';
import { planDeliveries } from './plan-deliveries.js';
import type { AlertRepository } from './ports.js';

type HealthChanged = EventEnvelope<PayloadOf<typeof providerHealthChangedV1>>;
type RotationFailed = EventEnvelope<PayloadOf<typeof providerKeyRotationFailedV1>>;

export interface RaiseProviderAlertsOptions {
  alerts: AlertRepository;
  clock: Clock;
  ids: IdGenerator;
  /** Called when deliveries have become due. */
  onDue: () => void;
}

/** Makes one alert of each turn of a provider's health, and of each key that its source stopped giving. */
export class RaiseProviderAlerts {
  constructor(private readonly options: RaiseProviderAlertsOptions) {}

  /** Safe to repeat: an event that was seen before changes nothing. */
  healthChanged(events: HealthChanged[]): Promise<void> {
    return this.raise(events, ({ orgId: _org, ...facts }) => ({ type: 'provider_outage', ...facts }));
  }

  /** Safe to repeat. */
  rotationsFailed(events: RotationFailed[]): Promise<void> {
    return this.raise(events, ({ orgId: _org, ...facts }) => ({ type: 'key_rotation_failed', ...facts }));
  }

  private async raise<Payload extends { orgId: string; providerId: string }>(
    events: EventEnvelope<Payload>[],
    toFacts: (payload: Payload) => AlertFacts,
  ): Promise<void> {
    const { alerts, clock, ids, onDue } = this.options;
    const raised = events.map(({ id: eventId, payload, requestId }) => ({
      eventId,
      alert: {
        id: ids.next('alr'),
        orgId: payload.orgId,
        subject: payload.providerId,
        requestId: requestId ?? null,
        facts: toFacts(payload),
        createdAtMs: clock.nowMs(),
      },
    }));
    const deliveries = await alerts.raise(raised, (alert, channels) => planDeliveries(alert, channels, ids));
    if (deliveries > 0) onDue();
  }
}
