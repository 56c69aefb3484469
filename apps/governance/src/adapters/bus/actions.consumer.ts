import { Consumes, type EventEnvelope } from '@ao/bus';
import {
  gatewayActionPerformedV1,
  identityActionPerformedV1,
  meteringActionPerformedV1,
  notificationActionPerformedV1,
  routingActionPerformedV1,
  walletActionPerformedV1,
  type PerformedAction,
} from '@ao/contracts';
import { Controller, Inject } from '@nestjs/common';
import { AUDIT_REPOSITORY, type AuditRepository } from '../../application/ports.js';

type ActionEvent = EventEnvelope<PerformedAction>;

const DELIVERY = { kind: 'durable', name: 'governance-audit', batchSizeMax: 200 } as const;

/** Writes what every service reports as done into the chain. One handler each: Nest keeps one pattern per method. */
@Controller()
export class ActionsConsumer {
  constructor(@Inject(AUDIT_REPOSITORY) private readonly entries: AuditRepository) {}

  @Consumes(gatewayActionPerformedV1, DELIVERY)
  gateway(events: ActionEvent[]): Promise<void> {
    return this.record(events);
  }

  @Consumes(identityActionPerformedV1, DELIVERY)
  identity(events: ActionEvent[]): Promise<void> {
    return this.record(events);
  }

  @Consumes(meteringActionPerformedV1, DELIVERY)
  metering(events: ActionEvent[]): Promise<void> {
    return this.record(events);
  }

  @Consumes(notificationActionPerformedV1, DELIVERY)
  notification(events: ActionEvent[]): Promise<void> {
    return this.record(events);
  }

  @Consumes(routingActionPerformedV1, DELIVERY)
  routing(events: ActionEvent[]): Promise<void> {
    return this.record(events);
  }

  @Consumes(walletActionPerformedV1, DELIVERY)
  wallet(events: ActionEvent[]): Promise<void> {
    return this.record(events);
  }

  private record(events: ActionEvent[]): Promise<void> {
    return this.entries.append(events.map(({ id: eventId, payload }) => ({ ...payload, eventId })));
  }
}
