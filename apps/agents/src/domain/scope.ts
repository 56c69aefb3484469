/** What of an organisation someone sees: all of it, or what belongs to one key. */
export interface Scope {
  orgId: string;
  /** Null: of every key. */
  keyId: string | null;
}

interface Reader {
  orgId: string;
  keyId: string;
  role: 'owner' | 'admin' | 'member' | 'viewer';
}

/** Members see what belongs to their own key, admins and owners what belongs to their organisation. */
export const scopeOf = ({ orgId, keyId, role }: Reader): Scope => ({
  orgId,
  keyId: role === 'owner' || role === 'admin' ? null : keyId,
});
