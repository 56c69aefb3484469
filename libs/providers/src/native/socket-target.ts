import { guardedLookup, type OutboundGuard } from '@ao/outbound';
import type { Authenticator } from '../auth/authenticator.js';
import type { SocketTarget } from '../connector.js';
import { toUpstreamFailure } from '../transport/upstream-failure.js';
import { nameOf } from './forwarded-query.js';

interface SocketParts {
  readonly origin: string;
  /** With the query that the provider asks for. */
  readonly path: string;
  /** The caller's own, without credentials. */
  readonly query: string;
  readonly guard: OutboundGuard | null;
  readonly authenticator: Authenticator;
}

/** Where a WebSocket is opened, with the headers that show who we are. Rejects with UpstreamFailure `forbidden`. */
export async function socketTarget({ origin, path, query, guard, authenticator }: SocketParts): Promise<SocketTarget> {
  // For hosts that are addresses: those are not looked up any more.
  await guard?.addressesOf(new URL(origin).hostname).catch((error: unknown) => {
    throw toUpstreamFailure(error, false);
  });
  const whole = joinQuery(path, query);
  const shown = await authenticator.headersFor({ method: 'GET', origin, path: whole, contentType: null, body: null });
  const headers: Record<string, string> = {};
  for (let index = 0; index < shown.length; index += 2) headers[shown[index]!] = shown[index + 1]!;
  return { url: origin.replace(/^http/, 'ws') + whole, headers, ...(guard && { lookup: guardedLookup(guard) }) };
}

/** What the provider's own query says wins: the caller does not choose another model or version. */
function joinQuery(path: string, query: string): string {
  const [, own = ''] = path.split('?', 2);
  const taken = new Set(own.split('&').map(nameOf));
  const added = query.split('&').filter((pair) => pair !== '' && !taken.has(nameOf(pair)));
  if (added.length === 0) return path;
  return `${path}${own === '' ? '?' : '&'}${added.join('&')}`;
}
