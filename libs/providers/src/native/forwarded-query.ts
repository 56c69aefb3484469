import { AppError } from '@ao/kernel';

/** RFC 3986 §3.4, and the brackets that clients send unescaped. */
const QUERY = /^[A-Za-z0-9\-._~!$&'()*+,;=:@%/?[\]|]{0,8192}$/;

/** Under these names callers would show a provider credentials of their own, or name who pays. */
const CREDENTIALS = new Set([
  'key',
  'api_key',
  'api-key',
  'apikey',
  'x-api-key',
  'access_token',
  'oauth_token',
  'token',
  'authorization',
  'subscription-key',
  'quotauser',
  'userproject',
  '$userproject',
]);

/** A caller's query without credentials (GW-011), each other parameter as it was written. Throws `invalid_parameter`. */
export function forwardedQuery(query: string): string {
  if (query === '') return '';
  if (!QUERY.test(query)) {
    throw new AppError('invalid_parameter', 'The query contains characters that must be percent-encoded.', {
      param: 'query',
    });
  }
  return query
    .split('&')
    .filter((pair) => pair !== '' && !isCredential(nameOf(pair)))
    .join('&');
}

function isCredential(name: string): boolean {
  // X-Amz-Credential, X-Amz-Signature and so on: a signature in the URL.
  return CREDENTIALS.has(name) || name.startsWith('x-amz-') || name.startsWith('x-goog-');
}

/** The name of a parameter as servers compare it. */
export function nameOf(pair: string): string {
  const name = pair.split('=', 1)[0]!.replaceAll('+', ' ');
  try {
    return decodeURIComponent(name).trim().toLowerCase();
  } catch {
    // Nobody can say which parameter this is.
    return 'key';
  }
}
