import type { Clock, IdGenerator } from '@ao/kernel';
import type { Alert } from '../domain/alert.js';
import { subscribes, type Subscription } from '../domain/channel.js';
import type { Delivery } from '../domain/delivery.js';
import type { AlertRepository } from './ports.js';

/** What an event says that an organisation wants to hear of. */
export type News = Omit<Alert, 'id' | 'createdAtMs'> & { eventId: string };

export interface RaiseAlertsOptions {
  alerts: AlertRepository;
  clock: Clock;
  ids: IdGenerator;
  /** Called when deliveries have become due. */
  onDue: () => void;
}

/** Makes one alert of each event, and one delivery of it per subscribed channel. */
export class RaiseAlerts {
  constructor(private readonly options: RaiseAlertsOptions) {}

  /**
   * Safe to repeat: an event that was seen before changes nothing.
   * @param consumer Who says so: remembers its own events.
   */
  async execute(consumer: string, news: News[]): Promise<void> {
    const { alerts, clock, ids, onDue } = this.options;
    const createdAtMs = clock.nowMs();
    const raised = news.map(({ eventId, ...about }) => ({
      eventId,
      alert: { ...about, id: ids.next('alr'), createdAtMs },
    }));
    const deliveries = await alerts.raise(consumer, raised, (alert, channels) => this.plan(alert, channels));
    if (deliveries > 0) onDue();
  }

  private plan(alert: Alert, channels: Subscription[]): Delivery[] {
    return channels
      .filter((channel) => subscribes(channel, alert))
      .map((channel) => ({
        id: this.options.ids.next('dlv'),
        orgId: alert.orgId,
        alertId: alert.id,
        channelId: channel.id,
        status: 'pending',
        attempts: 0,
        nextAttemptAtMs: alert.createdAtMs,
        lastError: null,
        createdAtMs: alert.createdAtMs,
        deliveredAtMs: null,
      }));
  }
}
