export interface Organisation {
  id: string;
  name: string;
  walletId: string;
  createdAtMs: number;
}

export interface Team {
  id: string;
  orgId: string;
  name: string;
  walletId: string | null;
  createdAtMs: number;
}

export interface User {
  id: string;
  orgId: string;
  email: string;
  role: 'owner' | 'admin' | 'member' | 'viewer';
  createdAtMs: number;
}

/** The organisation that the first start makes: a fixed id, so that replicas that start together make one. */
export const FIRST_ORGANISATION_ID = 'org_default';
export const DEFAULT_TEAM_NAME = 'Default';
