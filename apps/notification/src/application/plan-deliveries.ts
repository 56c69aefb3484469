import type { IdGenerator } from '@ao/kernel';
import type { Alert } from '../domain/alert.js';
import { subscribes, type Subscription } from '../domain/channel.js';
import type { Delivery } from '../domain/delivery.js';

/** One delivery of an alert per channel that wants its type, due at once. */
export function planDeliveries(alert: Alert, channels: Subscription[], ids: IdGenerator): Delivery[] {
  return channels
    .filter((channel) => subscribes(channel, alert))
    .map((channel) => ({
      id: ids.next('dlv'),
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
