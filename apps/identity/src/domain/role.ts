export type Role = 'owner' | 'admin' | 'member' | 'viewer';

const RANK: Record<Role, number> = { owner: 3, admin: 2, member: 1, viewer: 0 };

/** Nobody can give out more than they have. */
export function mayGrant(granter: Role, granted: Role): boolean {
  return RANK[granter] >= RANK[granted];
}
