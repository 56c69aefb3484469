import type { Actor } from '@ao/contracts';

/** Members and viewers see the calls of their own key; null: all of the organisation. */
export const visibleKeyOf = ({ role, keyId }: Actor): string | null =>
  role === 'owner' || role === 'admin' ? null : keyId;
