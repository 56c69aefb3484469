import type { Actor } from '@ao/contracts';
import { AppError, type Clock } from '@ao/kernel';
import { requireAdmin } from '@ao/runtime';
import type { ApiKey } from '../domain/api-key.js';
import { mayGrant } from '../domain/role.js';
import type { KeyFactory } from './key-factory.js';
import type { KeyRepository } from './ports.js';

/** Revokes a key for good; gateways hear of it at once. */
export class RevokeKey {
  constructor(
    private readonly keys: KeyRepository,
    private readonly factory: KeyFactory,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `permission_denied`, `not_found`. */
  async execute(actor: Actor, keyId: string): Promise<ApiKey> {
    requireAdmin(actor);
    const key = await this.keys.find(actor.orgId, keyId);
    if (!key) throw new AppError('not_found', `There is no key ${keyId}.`, { param: 'id' });
    if (!mayGrant(actor.role, key.role)) {
      throw new AppError(
        'permission_denied',
        `A key with the role ${actor.role} cannot revoke one with the role ${key.role}.`,
      );
    }
    if (key.revokedAtMs !== null) return key;
    const revoked = { ...key, revokedAtMs: this.clock.nowMs() };
    await this.keys.revoke(key.id, revoked.revokedAtMs, this.factory.changeEvents(revoked, actor, 'key.revoke'));
    return revoked;
  }
}
