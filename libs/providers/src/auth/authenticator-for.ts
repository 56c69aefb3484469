import type { AuthScheme } from './auth-scheme.js';
import type { Authenticator } from './authenticator.js';
import { KeyHeader, NO_KEY } from './key-header.js';

/** The authenticator for a key. Throws AppError for one that is none of its scheme. */
export function authenticatorFor(auth: AuthScheme, key: string | null): Authenticator {
  if (key === null) return NO_KEY;
  switch (auth.scheme) {
    case 'none':
      return NO_KEY;
    case 'bearer':
      return new KeyHeader('authorization', key, 'Bearer ');
    case 'header':
      return new KeyHeader(auth.name, key);
  }
}
