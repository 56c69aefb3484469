import type { Clock } from '@ao/kernel';
import { checkedHeader } from '../header-value.js';
import type { Address } from '../transport/base-url.js';
import type { AuthScheme } from './auth-scheme.js';
import type { Authenticator } from './authenticator.js';
import { readAwsCredentials } from './aws-credentials.js';
import { KeyHeader, NO_KEY } from './key-header.js';
import { readServiceAccount } from './service-account.js';
import { ServiceAccountTokens } from './service-account-tokens.js';
import { AwsSignature } from './aws-signature.js';

interface AuthParts {
  readonly address: Address;
  readonly clock: Clock;
}

/** Three parts of base64url: a token, as Entra gives them. */
const JWT = /^[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}$/;

/** The authenticator for a key. Throws AppError for one that is none of its scheme. */
export function authenticatorFor(auth: AuthScheme, key: string | null, { address, clock }: AuthParts): Authenticator {
  if (key === null) return NO_KEY;
  switch (auth.scheme) {
    case 'none':
      return NO_KEY;
    case 'headers':
      return givenHeaders(JSON.parse(key) as Record<string, string>);
    case 'bearer':
      return bearer(key);
    case 'header':
      return new KeyHeader(auth.name, key);
    case 'key-or-token':
      return /^bearer /i.test(key) || JWT.test(key) ? bearer(key) : new KeyHeader(auth.name, key);
    case 'sigv4': {
      const credentials = readAwsCredentials(key);
      return credentials === null ? bearer(key) : new AwsSignature(credentials, auth.service, address, clock);
    }
    case 'google-service-account': {
      const account = readServiceAccount(key, address);
      return account === null ? bearer(key) : new ServiceAccountTokens(account, clock);
    }
  }
}

const bearer = (key: string): Authenticator => new KeyHeader('authorization', key.replace(/^bearer /i, ''), 'Bearer ');

function givenHeaders(headers: Readonly<Record<string, string>>): Authenticator {
  const all = Object.entries(headers).flatMap(([name, value]) => [name, checkedHeader(name, value)]);
  return { headersFor: () => all };
}
