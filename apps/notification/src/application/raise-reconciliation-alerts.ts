import type { EventEnvelope } from '@ao/bus';
import type { PayloadOf, reconciliationMismatchedV1 } from '@ao/contracts';
import type { Clock, IdGenerator } from '@ao/kernel';
import type { Alert } from '../domain/alert.js';
import { planDeliveries } from './plan-deliveries.js';
import type { AlertRepository } from './ports.js';

type Mismatched = EventEnvelope<PayloadOf<typeof reconciliationMismatchedV1>>;

export interface RaiseReconciliationAlertsOptions {
  alerts: AlertRepository;
  clock: Clock;
  ids: IdGenerator;
  /** Called when deliveries have become due. */
  onDue: () => void;
}

/** Makes one alert of each invoice that differs from the request log. */
export class RaiseReconciliationAlerts {
  constructor(private readonly options: RaiseReconciliationAlertsOptions) {}

  /** Safe to repeat: an event that was seen before changes nothing. */
  async execute(events: Mismatched[]): Promise<void> {
    const { alerts, ids, onDue } = this.options;
    const raised = events.map((event) => ({ eventId: event.id, alert: this.toAlert(event) }));
    const deliveries = await alerts.raise(raised, (alert, channels) => planDeliveries(alert, channels, ids));
    if (deliveries > 0) onDue();
  }

  private toAlert({ payload, requestId }: Mismatched): Alert {
    const { orgId, ...facts } = payload;
    return {
      id: this.options.ids.next('alr'),
      orgId,
      subject: `${facts.provider}/${facts.month}`,
      requestId: requestId ?? null,
      facts: { type: 'reconciliation_gap', ...facts },
      createdAtMs: this.options.clock.nowMs(),
    };
  }
}
