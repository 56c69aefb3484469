import { AppError } from '@ao/kernel';

export interface BaseUrl {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Without a slash at its end; empty for the root. */
  readonly path: string;
}

/** Splits a configured base URL. Throws `invalid_parameter` for what is no plain http(s) address. */
export function parseBaseUrl(text: string): BaseUrl {
  const refuse = (rule: string): AppError =>
    new AppError('invalid_parameter', `The base URL of the provider ${rule}.`, { param: 'base_url' });
  const url = URL.parse(text);
  if (url === null) throw refuse('must be a URL such as https://api.openai.com/v1');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse('must begin with https:// or http://');
  // A key belongs into the key field, where it is sealed and masked.
  if (url.username !== '' || url.password !== '') throw refuse('must not contain a user name or password');
  if (url.search !== '' || url.hash !== '') throw refuse('must not contain a query or fragment');
  return { origin: url.origin, path: url.pathname.replace(/\/+$/, '') };
}
