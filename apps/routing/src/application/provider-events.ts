import type { EncodedEvent } from '@ao/bus';
import {
  providerHealthChangedV1,
  providerKeyRotationFailedV1,
  providerModelsChangedV1,
  routingActionPerformedV1,
  type Actor,
  type EventContract,
  type PayloadOf,
} from '@ao/contracts';
import type { Clock, IdGenerator } from '@ao/kernel';
import { auditEvent, toOutboxEvent } from '@ao/runtime';
import type { Health } from '../domain/health.js';
import { OPERATOR_ORGANISATION_ID } from '../domain/key-reference.js';
import type { Provider } from '../domain/provider.js';
import type { ModelChange } from './ports.js';

/** An event names the first of many models. */
const NAMED_MAX = 100;
const REASON_LENGTH_MAX = 500;

/** What the service tells of what it found out about a provider. */
export class ProviderEvents {
  constructor(
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  healthChanged(provider: Provider, { healthy, reason }: Health): EncodedEvent {
    return this.toEvent(providerHealthChangedV1, (changedAt) => ({
      ...subjectOf(provider),
      healthy: healthy !== false,
      reason: reason?.slice(0, REASON_LENGTH_MAX) ?? null,
      changedAt,
    }));
  }

  modelsChanged(provider: Provider, { appeared, vanished }: ModelChange): EncodedEvent {
    return this.toEvent(providerModelsChangedV1, (syncedAt) => ({
      ...subjectOf(provider),
      appeared: appeared.slice(0, NAMED_MAX),
      appearedCount: appeared.length,
      vanished: vanished.slice(0, NAMED_MAX),
      vanishedCount: vanished.length,
      syncedAt,
    }));
  }

  rotationFailed(provider: Provider, reason: string): EncodedEvent {
    return this.toEvent(providerKeyRotationFailedV1, (failedAt) => ({
      ...subjectOf(provider),
      keyReference: provider.key.reference ?? '',
      reason: reason.slice(0, REASON_LENGTH_MAX),
      failedAt,
    }));
  }

  /** For the audit chain. @param actor Absent: the service did it by itself. */
  keyRotated(provider: Provider, actor: Actor | undefined): EncodedEvent {
    const system: Actor = { orgId: subjectOf(provider).orgId, keyId: 'system', role: 'admin' };
    const by = { actor: actor ?? system, clock: this.clock, ids: this.ids };
    const metadata = { reference: (provider.key.reference ?? '').slice(0, 512) };
    return auditEvent(routingActionPerformedV1, by, { action: 'provider.rotate_key', targetId: provider.id, metadata });
  }

  private toEvent<C extends EventContract>(contract: C, payload: (now: string) => PayloadOf<C>): EncodedEvent {
    const occurredAt = new Date(this.clock.nowMs()).toISOString();
    return toOutboxEvent(contract, { id: this.ids.next('evt'), occurredAt, payload: payload(occurredAt) });
  }
}

/** What serves everybody is told to the operator. */
const subjectOf = ({ id, orgId, name }: Provider) => ({
  orgId: orgId ?? OPERATOR_ORGANISATION_ID,
  providerId: id,
  providerName: name,
});
