import type { Principal } from '@ao/contracts';

/** Whose answers a call may be given, and where its own are kept. */
export interface CacheScope {
  orgId: string;
  /** The team, or the key where it has no team: nothing is shared beyond. */
  owner: string;
  /** A part of it that the caller named; null: the rest. */
  part: string | null;
}

export const scopeOf = ({ orgId, teamId, keyId }: Principal, part: string | null): CacheScope => ({
  orgId,
  owner: teamId ?? keyId,
  part,
});
