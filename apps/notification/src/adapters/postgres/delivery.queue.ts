import type { Database } from '@ao/database';
import type { Logger } from '@ao/kernel';
import type { ClaimedDelivery, ClaimOptions, DeliveryContent, DeliveryQueue } from '../../application/ports.js';
import type { Progress } from '../../domain/delivery.js';
import { decodeFacts, decodeKind } from './rows.js';

/*
 * A claim moves the next attempt to the end of the lease and counts the attempt, in one statement: no transaction is
 * open while a receiver is called. Rows that another replica is claiming are skipped, not waited for.
 */
const CLAIM = `
WITH due AS (
  SELECT DISTINCT ON (channel_id) id, next_attempt_at FROM delivery
  WHERE status = 'pending' AND next_attempt_at <= $1 AND channel_id <> ALL($2::text[])
  ORDER BY channel_id, next_attempt_at, id
), taken AS (
  SELECT delivery.id FROM delivery JOIN due ON due.id = delivery.id
  WHERE delivery.status = 'pending' AND delivery.next_attempt_at <= $1
  ORDER BY due.next_attempt_at LIMIT $3
  FOR UPDATE OF delivery SKIP LOCKED
), claimed AS (
  UPDATE delivery SET attempts = attempts + 1, next_attempt_at = $4 FROM taken WHERE delivery.id = taken.id
  RETURNING delivery.id, delivery.alert_id, delivery.channel_id, delivery.attempts
)
SELECT claimed.id, claimed.channel_id, claimed.attempts, alert.id AS alert_id, alert.org_id, alert.subject,
  alert.request_id, alert.facts, alert.created_at, channel.kind, channel.url, channel.sealed_secret
FROM claimed JOIN alert ON alert.id = claimed.alert_id LEFT JOIN channel ON channel.id = claimed.channel_id`;

/** The number of attempts tells one holder's lease from the next one's. */
const RECORD = `
UPDATE delivery SET status = $3, next_attempt_at = $4, last_error = $5, delivered_at = $6
WHERE id = $1 AND attempts = $2 AND status = 'pending'`;

interface ClaimedRow {
  id: string;
  channel_id: string;
  attempts: number;
  alert_id: string;
  org_id: string;
  subject: string;
  request_id: string | null;
  facts: unknown;
  created_at: Date;
  kind: string | null;
  url: string | null;
  sealed_secret: string | null;
}

export class PostgresDeliveryQueue implements DeliveryQueue {
  constructor(
    private readonly database: Database,
    private readonly logger: Logger,
  ) {}

  claim({ nowMs, leaseMs, limit, busyChannelIds }: ClaimOptions): Promise<ClaimedDelivery[]> {
    return this.database.transaction(async (client) => {
      const values = [new Date(nowMs), busyChannelIds, limit, new Date(nowMs + leaseMs)];
      const { rows } = await client.query<ClaimedRow>(CLAIM, values);
      return rows.map((row) => toClaimed(row, this.logger));
    });
  }

  async record({ id, attempts }: ClaimedDelivery, progress: Progress): Promise<void> {
    const { status, nextAttemptAtMs, lastError, deliveredAtMs } = progress;
    const deliveredAt = deliveredAtMs === null ? null : new Date(deliveredAtMs);
    const values = [id, attempts, status, new Date(nextAttemptAtMs), lastError, deliveredAt];
    await this.database.transaction((client) => client.query(RECORD, values));
  }
}

function toClaimed(row: ClaimedRow, logger: Logger): ClaimedDelivery {
  const { id, org_id: orgId, channel_id: channelId, attempts } = row;
  try {
    return { id, orgId, channelId, attempts, content: toContent(row) };
  } catch (error) {
    // One such row must not keep the others from going out.
    logger.error({ err: error, deliveryId: id }, 'a stored alert cannot be read');
    return { id, orgId, channelId, attempts, content: null };
  }
}

function toContent(row: ClaimedRow): DeliveryContent {
  const { kind, url, sealed_secret: sealedSecret } = row;
  return {
    alert: {
      id: row.alert_id,
      orgId: row.org_id,
      subject: row.subject,
      requestId: row.request_id,
      facts: decodeFacts(row.facts),
      createdAtMs: row.created_at.getTime(),
    },
    channel: kind && url && sealedSecret ? { kind: decodeKind(kind), url, sealedSecret } : null,
  };
}
