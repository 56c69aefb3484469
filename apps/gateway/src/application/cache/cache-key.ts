import { createHash } from 'node:crypto';
import { isObject } from '@ao/wire';

/** A value with the fields of its objects in one order; arrays keep theirs. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, field: unknown) => (isObject(field) ? sorted(field) : field));
}

/** Without a prototype: a field may be named as what an object keeps it under. */
function sorted(value: Record<string, unknown>): Record<string, unknown> {
  const ordered = Object.create(null) as Record<string, unknown>;
  for (const name of Object.keys(value).sort()) ordered[name] = value[name];
  return ordered;
}

/**
 * What a request says that does not change its answer: how it is to be delivered, for whom, and how often it is tried.
 * Whatever is not listed here counts, known to us or not.
 */
const NOT_ASKED: ReadonlySet<string> = new Set([
  'model',
  'stream',
  'stream_options',
  'user',
  'metadata',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'keep_alive',
  'fallbacks',
  'context_window_fallbacks',
  'content_policy_fallbacks',
  'disable_fallbacks',
  'num_retries',
  'max_retries',
  'timeout',
  'request_timeout',
  'stream_timeout',
  'priority',
  'tags',
  'litellm_metadata',
]);

/** What a request asks, without how and for whom. */
export function questionOf(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !NOT_ASKED.has(name)));
}

/** SHA-256 of all parts in their order, in hex. */
export function digestOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(canonicalJson(parts)).digest('hex');
}
