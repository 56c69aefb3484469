import { claimInbox, pruneInbox, type Database, type Queryable } from '@ao/database';
import type { AlertRepository, RaisedAlert } from '../../application/ports.js';
import type { Alert } from '../../domain/alert.js';
import type { Subscription } from '../../domain/channel.js';
import type { Delivery } from '../../domain/delivery.js';
import { encodeFacts } from './rows.js';

/** Of events of every kind: their ids are unique among all. Named after the first. */
const CONSUMER = 'notification-thresholds';
/** Removed by one statement at most, so that its locks are short. */
const REMOVED_ALERTS_MAX = 1_000;

// The lock keeps a channel from being deleted until the deliveries planned for it are there to be given up with it.
const SELECT_CHANNELS = `
SELECT id, org_id AS "orgId", active, CASE WHEN all_alert_types THEN NULL ELSE alert_types END AS "alertTypes"
FROM channel WHERE org_id = ANY($1::text[]) ORDER BY id FOR KEY SHARE`;

const INSERT_ALERTS = `
INSERT INTO alert (id, org_id, type, subject, request_id, facts, created_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::timestamptz[])`;

const INSERT_DELIVERIES = `
INSERT INTO delivery (id, org_id, alert_id, channel_id, status, attempts, next_attempt_at, created_at)
SELECT id, org_id, alert_id, channel_id, 'pending', 0, due_at, due_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
  AS planned (id, org_id, alert_id, channel_id, due_at)`;

export class PostgresAlertRepository implements AlertRepository {
  constructor(private readonly database: Database) {}

  raise(raised: RaisedAlert[], plan: (alert: Alert, channels: Subscription[]) => Delivery[]): Promise<number> {
    return this.database.transaction(async (client) => {
      const eventIds = raised.map(({ eventId }) => eventId);
      const unseen = new Set(await claimInbox(client, CONSUMER, eventIds));
      // `delete` also keeps an event that is twice in one batch from counting twice.
      const alerts = raised.filter(({ eventId }) => unseen.delete(eventId)).map(({ alert }) => alert);
      if (alerts.length === 0) return 0;
      const { rows: channels } = await client.query<Subscription>(SELECT_CHANNELS, [alerts.map(({ orgId }) => orgId)]);
      const deliveries = alerts.flatMap((alert) => plan(alert, channels));
      await insertAlerts(client, alerts);
      await insertDeliveries(client, deliveries);
      return deliveries.length;
    });
  }

  removeBefore(createdAtMs: number): Promise<boolean> {
    return this.database.transaction(async (client) => {
      const { rowCount } = await client.query(
        `DELETE FROM alert WHERE id IN (SELECT id FROM alert WHERE created_at < $1 ORDER BY created_at LIMIT ${REMOVED_ALERTS_MAX})`,
        [new Date(createdAtMs)],
      );
      return rowCount === REMOVED_ALERTS_MAX;
    });
  }

  async forgetEvents(retentionMs: number): Promise<boolean> {
    return (await this.database.transaction((client) => pruneInbox(client, retentionMs))) > 0;
  }
}

async function insertAlerts(client: Queryable, alerts: Alert[]): Promise<void> {
  await client.query(INSERT_ALERTS, [
    alerts.map(({ id }) => id),
    alerts.map(({ orgId }) => orgId),
    alerts.map(({ facts }) => facts.type),
    alerts.map(({ subject }) => subject),
    alerts.map(({ requestId }) => requestId),
    alerts.map(({ facts }) => encodeFacts(facts)),
    alerts.map(({ createdAtMs }) => new Date(createdAtMs)),
  ]);
}

async function insertDeliveries(client: Queryable, deliveries: Delivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  await client.query(INSERT_DELIVERIES, [
    deliveries.map(({ id }) => id),
    deliveries.map(({ orgId }) => orgId),
    deliveries.map(({ alertId }) => alertId),
    deliveries.map(({ channelId }) => channelId),
    deliveries.map(({ nextAttemptAtMs }) => new Date(nextAttemptAtMs)),
  ]);
}
