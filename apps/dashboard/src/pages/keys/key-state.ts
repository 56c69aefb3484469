import type { ApiKey } from '../../api/types.js';

export type KeyState = 'active' | 'expired' | 'revoked';

export function stateOfKey(
  { revoked_at: revokedAt, expires_at: expiresAt }: Pick<ApiKey, 'revoked_at' | 'expires_at'>,
  nowMs: number,
): KeyState {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && Date.parse(expiresAt) <= nowMs ? 'expired' : 'active';
}

/**
 * Whether a key may be the one in use: the list shows the last four characters only, so this is likely, not certain.
 * Too short a key is masked whole and matches nothing.
 */
export function endsLike(masked: string, key: string): boolean {
  const shown = /\*([^*]{4})$/.exec(masked)?.[1];
  return shown !== undefined && key.endsWith(shown);
}
