import { timingSafeEqual } from 'node:crypto';
import type { Principal } from '@ao/contracts';
import type { Clock } from '@ao/kernel';
import { isUsable } from '../domain/api-key.js';
import type { KeyRepository } from './ports.js';

/** Finds whom a key hash stands for; null for a key that is unknown, revoked or expired. */
export class AuthenticateKey {
  constructor(
    private readonly keys: KeyRepository,
    private readonly clock: Clock,
  ) {}

  async execute(keyHash: string): Promise<Principal | null> {
    const key = await this.keys.findByHash(keyHash);
    // The index finds the row; this comparison decides, and takes as long for a near miss as for a hit.
    if (!key || !timingSafeEqual(Buffer.from(key.hash, 'hex'), Buffer.from(keyHash, 'hex'))) return null;
    if (!isUsable(key, this.clock.nowMs())) return null;
    return {
      keyId: key.id,
      keyName: key.name,
      keyMasked: key.masked,
      orgId: key.orgId,
      teamId: key.teamId,
      userId: key.userId,
      role: key.role,
      walletId: key.walletId,
      models: key.models,
      requestsPerMinuteMax: key.requestsPerMinuteMax,
      tokensPerMinuteMax: key.tokensPerMinuteMax,
      concurrencyMax: key.concurrencyMax,
      modelLimits: key.modelLimits,
      requestsPerMinutePerAddressMax: null,
      requestsPerMinutePerSessionMax: null,
      priority: key.priority,
      expiresAtMs: key.expiresAtMs,
      includeCost: key.includeCost,
      attribution: key.attribution,
    };
  }
}
