import { encodeMessage, type EncodedEvent } from '@ao/bus';
import type { Actor, EventContract, PayloadOf, performedAction, PerformedAction } from '@ao/contracts';
import type { Clock, IdGenerator } from '@ao/kernel';

/** An event ready for the outbox. */
export function toOutboxEvent<C extends EventContract>(
  contract: C,
  event: { id: string; occurredAt: string; requestId?: string | undefined; payload: PayloadOf<C> },
): EncodedEvent {
  const { requestId, payload, ...identity } = event;
  const encoded = {
    ...identity,
    subject: contract.subject,
    payload: encodeMessage(contract.payload, payload, contract.subject),
  };
  return requestId === undefined ? encoded : { ...encoded, requestId };
}

/** The audit event of an administrative action, ready for the outbox of the service that performed it. */
export function auditEvent(
  contract: EventContract<typeof performedAction>,
  by: { actor: Actor; clock: Clock; ids: IdGenerator },
  action: Pick<PerformedAction, 'action' | 'targetId'> & { metadata?: Record<string, string> },
): EncodedEvent {
  const occurredAt = new Date(by.clock.nowMs()).toISOString();
  return toOutboxEvent(contract, {
    id: by.ids.next('evt'),
    occurredAt,
    requestId: by.actor.requestId,
    payload: {
      orgId: by.actor.orgId,
      actorId: by.actor.keyId,
      action: action.action,
      targetId: action.targetId,
      outcome: 'success',
      occurredAt,
      metadata: action.metadata ?? {},
    },
  });
}
