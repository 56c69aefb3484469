import { Consumes, type EventEnvelope } from '@ao/bus';
import { transferDecidedV1, transferRequestedV1, type PayloadOf } from '@ao/contracts';
import { Controller } from '@nestjs/common';
import { RaiseAlerts, type News } from '../../application/raise-alerts.js';
import type { AlertFacts } from '../../domain/alert.js';

type Requested = PayloadOf<typeof transferRequestedV1>;
type Decided = PayloadOf<typeof transferDecidedV1>;

const REQUESTED_CONSUMER = 'notification-transfers-requested';
const DECIDED_CONSUMER = 'notification-transfers-decided';

/** Tells approvers of what waits for them, and everybody of what became of it. */
@Controller()
export class TransfersConsumer {
  constructor(private readonly raiseAlerts: RaiseAlerts) {}

  @Consumes(transferRequestedV1, { kind: 'durable', name: REQUESTED_CONSUMER, batchSizeMax: 100 })
  async requested(events: EventEnvelope<Requested>[]): Promise<void> {
    const news = events.map((event) => toNews(event, { type: 'transfer_requested', ...event.payload }));
    await this.raiseAlerts.execute(REQUESTED_CONSUMER, news);
  }

  @Consumes(transferDecidedV1, { kind: 'durable', name: DECIDED_CONSUMER, batchSizeMax: 100 })
  async decided(events: EventEnvelope<Decided>[]): Promise<void> {
    const news = events.map((event) => toNews(event, { type: 'transfer_decided', ...event.payload }));
    await this.raiseAlerts.execute(DECIDED_CONSUMER, news);
  }
}

const toNews = ({ id: eventId, payload, requestId }: EventEnvelope<Requested>, facts: AlertFacts): News => ({
  eventId,
  orgId: payload.orgId,
  subject: payload.transferId,
  requestId: requestId ?? null,
  facts,
});
