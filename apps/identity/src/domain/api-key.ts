import type { Role } from './role.js';

/** An issued key as it is stored: its hash, never itself. */
export interface ApiKey {
  id: string;
  orgId: string;
  teamId: string | null;
  userId: string | null;
  name: string;
  hash: string;
  masked: string;
  role: Role;
  walletId: string | null;
  /** Null: every model. */
  models: string[] | null;
  requestsPerMinuteMax: number | null;
  tokensPerMinuteMax: number | null;
  concurrencyMax: number | null;
  modelLimits: ModelLimit[];
  /** Whose calls step back first when a limit that many share runs short. */
  priority: 'low' | 'normal' | 'high';
  expiresAtMs: number | null;
  /** Every answer says in its body what it cost. */
  includeCost: boolean;
  attribution: AttributionRules;
  revokedAtMs: number | null;
  createdAtMs: number;
}

interface ModelLimit {
  model: string;
  requestsPerMinuteMax: number | null;
  tokensPerMinuteMax: number | null;
}

/** What the key's callers may say of whom a call is for. */
interface AttributionRules {
  /** Null: any. */
  allowedTags: string[] | null;
  boundTags: string[];
  /** Null: any. */
  allowedEndUsers: string[] | null;
  boundEndUser: string | null;
}

const KEY_PREFIX = 'sk-ao-';

/** 256 bits of randomness after the prefix: guessing is hopeless, so a fast hash is enough to store it. */
export function newSecret(randomBytes: (size: number) => Buffer): string {
  return KEY_PREFIX + randomBytes(32).toString('base64url');
}

export function isUsable(key: ApiKey, nowMs: number): boolean {
  return key.revokedAtMs === null && (key.expiresAtMs === null || key.expiresAtMs > nowMs);
}
