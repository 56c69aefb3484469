import { createPrivateKey, type KeyObject } from 'node:crypto';
import { AppError } from '@ao/kernel';
import type { Address } from '../transport/base-url.js';

/** What a service account's JSON says of how to obtain tokens. */
export interface ServiceAccount {
  readonly email: string;
  readonly privateKey: KeyObject;
  readonly privateKeyId: string | null;
  readonly tokenUrl: URL;
}

const TOKEN_URI = 'https://oauth2.googleapis.com/token';

/** Null for a key of another kind. Throws `invalid_parameter` for JSON that is no service account. */
export function readServiceAccount(key: string, address: Address): ServiceAccount | null {
  if (!key.trim().startsWith('{')) return null;
  const { client_email: email, private_key: pem, private_key_id: id, token_uri: tokenUri = TOKEN_URI } = parse(key);
  if (typeof email !== 'string' || typeof pem !== 'string') throw refusal('must have client_email and private_key');
  return {
    email,
    privateKey: readPrivateKey(pem),
    privateKeyId: typeof id === 'string' ? id : null,
    tokenUrl: readTokenUrl(tokenUri, address),
  };
}

function readPrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw refusal('has a private_key that cannot be read');
  }
}

/** Whoever enters a key must not choose where else we send requests. A base URL on this machine is a test's own. */
function readTokenUrl(text: unknown, { hostname }: Address): URL {
  const url = typeof text === 'string' ? URL.parse(text) : null;
  const isGoogle = url?.protocol === 'https:' && url.hostname.endsWith('.googleapis.com') && url.port === '';
  const isLocal = url !== null && url.hostname === '127.0.0.1' && hostname === '127.0.0.1';
  if (url === null || url.username !== '' || url.password !== '' || !(isGoogle || isLocal)) {
    throw refusal('has a token_uri that is not at googleapis.com');
  }
  return url;
}

function parse(key: string): Record<string, unknown> {
  try {
    return JSON.parse(key) as Record<string, unknown>;
  } catch {
    throw refusal('is no valid JSON');
  }
}

const refusal = (rule: string): AppError =>
  new AppError('invalid_parameter', `The service account of a vertex_ai provider ${rule}.`, { param: 'api_key' });
