import type { CacheSettings } from '@ao/contracts';
import { parseBody } from '@ao/wire';
import type { InboundCall } from '../calls/call.js';
import { NO_CONTROLS, type CacheControls } from './cache-controls.js';
import { digestOf, questionOf } from './cache-key.js';
import { scopeOf } from './cache-scope.js';
import type { CacheFacts } from './cache-turn.js';
import { cacheableEndpoint, type CacheableEndpoint } from './cacheable-call.js';
import { keyOf } from './entry-store.js';
import type { SemanticAsk } from './semantic-lookup.js';

/** A call that the cache deals with. */
export interface CacheAsk extends SemanticAsk {
  call: InboundCall;
  facts: CacheFacts;
  endpoint: CacheableEndpoint;
  controls: CacheControls;
  settings: CacheSettings;
  digest: string;
  /** Where its answer is kept. */
  key: string;
}

/** How the cache is to deal with a call; null: not at all. Nothing is read of the call's bytes yet. */
export function ruleFor(call: InboundCall, facts: CacheFacts, settings: CacheSettings): CacheRule | null {
  if (settings.mode === 'off') return null;
  const controls = call.cache ?? NO_CONTROLS;
  const endpoint = cacheableEndpoint(call.endpoint);
  if (!endpoint || !applies(settings, endpoint, controls) || !isCacheable(call, facts, endpoint)) return null;
  return { endpoint, controls, settings };
}

export type CacheRule = Pick<CacheAsk, 'endpoint' | 'controls' | 'settings'>;

function applies(
  { mode, callTypes }: CacheSettings,
  { type }: CacheableEndpoint,
  { useCache }: CacheControls,
): boolean {
  return (mode === 'default_on' || useCache) && (callTypes === null || callTypes.includes(type));
}

/** What is paid with the caller's own key is nobody else's; a stream that says its cost could not be told again. */
function isCacheable(call: InboundCall, facts: CacheFacts, { codec }: CacheableEndpoint): boolean {
  if (call.native || facts.ownKey || facts.mediaOutput) return false;
  return codec !== null || !(facts.stream && facts.includeCost);
}

/** Reads and names a call's question. */
export function askOf(call: InboundCall, facts: CacheFacts, rule: CacheRule): CacheAsk {
  const { endpoint, controls, settings } = rule;
  const body = parseBody(call.body);
  const question = questionOf(body);
  const scope = scopeOf(call.principal, controls.namespace);
  const context = [
    settings.namespace,
    call.endpoint,
    facts.modelGroup,
    facts.includeCost,
    call.protocolHeaders,
    // What cannot be told otherwise is another answer.
    endpoint.codec ? null : [facts.stream, body['stream_options'] ?? null],
  ];
  const digest = digestOf([...context, question]);
  const key = keyOf(scope, digest);
  return { ...rule, call, facts, question, context, scope, digest, key, generation: '' };
}

/** The call's own, its team's, its model group's, the platform's. */
export function ttlOf({ controls, settings, facts, call }: CacheAsk): number {
  const { ttlMs, ttlMsByTeam, ttlMsByModel } = settings;
  const { teamId } = call.principal;
  return (
    controls.ttlMs ?? (teamId === null ? undefined : ttlMsByTeam[teamId]) ?? ttlMsByModel[facts.modelGroup] ?? ttlMs
  );
}
