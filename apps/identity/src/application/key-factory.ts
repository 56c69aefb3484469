import { auditEvent, hashKey, toOutboxEvent } from '@ao/runtime';
import { maskKey } from '@ao/telemetry';
import { NO_ATTRIBUTION_RULES, identityActionPerformedV1, keyChangedV1, type Actor } from '@ao/contracts';
import type { EncodedEvent } from '@ao/bus';
import type { Clock, IdGenerator } from '@ao/kernel';
import { newSecret, type ApiKey } from '../domain/api-key.js';

export interface KeyFactoryOptions {
  clock: Clock;
  ids: IdGenerator;
  pepper: Buffer;
  randomBytes: (size: number) => Buffer;
}

export type NewKey = Pick<ApiKey, 'orgId' | 'name' | 'role' | 'walletId'> & Partial<ApiKey>;

/** Makes keys and the events that tell of them; storing them is the caller's part. */
export class KeyFactory {
  constructor(private readonly options: KeyFactoryOptions) {}

  /** @param secret Given only for a key that the operator chose. */
  make(key: NewKey, secret = newSecret(this.options.randomBytes)): { key: ApiKey; secret: string } {
    const { clock, ids, pepper } = this.options;
    const made: ApiKey = {
      id: ids.next('key'),
      teamId: null,
      userId: null,
      models: null,
      requestsPerMinuteMax: null,
      tokensPerMinuteMax: null,
      concurrencyMax: null,
      modelLimits: [],
      priority: 'normal',
      expiresAtMs: null,
      includeCost: false,
      attribution: NO_ATTRIBUTION_RULES,
      revokedAtMs: null,
      createdAtMs: clock.nowMs(),
      ...key,
      hash: hashKey(secret, pepper),
      masked: maskKey(secret),
    };
    return { key: made, secret };
  }

  /** Tells gateways to forget the key, and the audit chain who did what. */
  changeEvents(key: ApiKey, actor: Actor, action: 'key.create' | 'key.revoke'): EncodedEvent[] {
    const { clock, ids } = this.options;
    const changed = toOutboxEvent(keyChangedV1, {
      id: ids.next('evt'),
      occurredAt: new Date(clock.nowMs()).toISOString(),
      requestId: actor.requestId,
      payload: { keyId: key.id, orgId: key.orgId, keyHash: key.hash, revoked: action === 'key.revoke' },
    });
    const metadata = { name: key.name, masked: key.masked, role: key.role };
    return [
      changed,
      auditEvent(identityActionPerformedV1, { actor, clock, ids }, { action, targetId: key.id, metadata }),
    ];
  }
}
