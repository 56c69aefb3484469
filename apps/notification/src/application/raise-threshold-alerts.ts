import type { EventEnvelope } from '@ao/bus';
import type { PayloadOf, walletThresholdCrossedV1 } from '@ao/contracts';
import type { Clock, IdGenerator } from '@ao/kernel';
import type { Alert } from '../domain/alert.js';
import { planDeliveries } from './plan-deliveries.js';
import type { AlertRepository } from './ports.js';

type ThresholdCrossed = EventEnvelope<PayloadOf<typeof walletThresholdCrossedV1>>;

export interface RaiseThresholdAlertsOptions {
  alerts: AlertRepository;
  clock: Clock;
  ids: IdGenerator;
  /** Called when deliveries have become due. */
  onDue: () => void;
}

/** Makes one alert of each threshold that a wallet crossed, and one delivery of it per subscribed channel. */
export class RaiseThresholdAlerts {
  constructor(private readonly options: RaiseThresholdAlertsOptions) {}

  /** Safe to repeat: an event that was seen before changes nothing. */
  async execute(events: ThresholdCrossed[]): Promise<void> {
    const raised = events.map((event) => ({ eventId: event.id, alert: this.toAlert(event) }));
    const deliveries = await this.options.alerts.raise(raised, (alert, channels) =>
      planDeliveries(alert, channels, this.options.ids),
    );
    if (deliveries > 0) this.options.onDue();
  }

  private toAlert({ payload, requestId }: ThresholdCrossed): Alert {
    const { orgId, walletId, walletName, thresholdPercent, limit, spent, periodKey: period, crossedAt } = payload;
    return {
      id: this.options.ids.next('alr'),
      orgId,
      subject: walletId,
      // The envelope carries the id that the caller sent; the payload's may be one of ours.
      requestId: requestId ?? payload.requestId,
      facts: { type: 'budget_threshold', walletId, walletName, thresholdPercent, limit, spent, period, crossedAt },
      createdAtMs: this.options.clock.nowMs(),
    };
  }
}
