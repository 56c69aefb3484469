import { formatUsd, ZERO_USD } from '@ao/kernel';
import type { CacheFacts, CacheHit } from '../cache/cache-turn.js';
import type { InboundCall, Responder } from './call.js';
import type { CallRecord } from './call-record.js';
import type { CallPlan } from './plan-call.js';

/** What the cache must know of a planned call. */
export const cacheFactsOf = ({ principal }: InboundCall, { request, route }: CallPlan): CacheFacts => ({
  model: request.model,
  modelGroup: route.modelGroup ?? request.model,
  stream: request.stream,
  includeUsage: request.includeUsage,
  includeCost: request.includeCost || principal.includeCost,
  mediaOutput: request.mediaOutput,
  ownKey: route.ownKey,
});

/** Sends an answer out of the cache, which costs nothing; the record tells what it saved. */
export function serveHit(
  { outcome, saved, replay, headers }: CacheHit,
  record: CallRecord,
  out: Responder,
  more: Readonly<Record<string, string>>,
): void {
  const { body, contentType, isStream } = replay;
  record.status = 200;
  record.cache = outcome;
  record.savedCost = saved;
  const costUsd = formatUsd(ZERO_USD);
  const cost = { 'x-ao-cost-usd': costUsd };
  out.head(200, {
    ...more,
    ...headers,
    ...cost,
    'x-litellm-response-cost': costUsd,
    'content-type': contentType,
    ...(isStream
      ? { 'cache-control': 'no-cache', trailer: 'x-ao-cost-usd' }
      : { 'content-length': String(body.length) }),
  });
  out.end(body, isStream ? cost : undefined);
}
