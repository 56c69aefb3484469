import { AppError } from '@ao/kernel';

/** A base URL, taken apart. */
export interface Address {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly hostname: string;
  /** Without a slash at its end; empty for the root. */
  readonly path: string;
  /** The path without the version at its end (`/v1`): where the paths of the provider's own documentation begin. */
  readonly root: string;
  /** Azure's, from `?api-version=`. */
  readonly apiVersion: string | null;
  /** As configured, for providers whose host does not tell. */
  readonly region: string | null;
}

const VERSION_AT_END = /\/v\d[a-z0-9]{0,15}$/;
const API_VERSION = /^\?api-version=([A-Za-z0-9.-]{1,64})$/;

/** Takes a configured base URL apart. Throws `invalid_parameter` for what is no plain http(s) address. */
export function parseBaseUrl(text: string, region: string | null = null): Address {
  const refuse = (rule: string): AppError =>
    new AppError('invalid_parameter', `The base URL of the provider ${rule}.`, { param: 'base_url' });
  const url = URL.parse(text);
  if (url === null) throw refuse('must be a URL such as https://api.openai.com/v1');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse('must begin with https:// or http://');
  // A key belongs into the key field, where it is sealed and masked.
  if (url.username !== '' || url.password !== '') throw refuse('must not contain a user name or password');
  const apiVersion = API_VERSION.exec(url.search)?.[1] ?? null;
  if ((url.search !== '' && apiVersion === null) || url.hash !== '') {
    throw refuse('must not contain a fragment, nor a query other than ?api-version=');
  }
  const path = url.pathname.replace(/\/+$/, '');
  const root = path.replace(VERSION_AT_END, '');
  return { origin: url.origin, hostname: url.hostname, path, root, apiVersion, region };
}
