import type { ResolvedSettings } from './policy.js';

/** Which of a group's fallbacks are asked for. */
export type FallbackKind = 'general' | 'context_window' | 'content_policy';

/** LiteLLM's key for all groups that have no list of their own. */
const ANY_GROUP = '*';
const NONE: readonly string[] = [];

/**
 * The groups that a call may fall back to from a group, in order: each once, never the group itself.
 * @param resolve The group behind a name: aliases may stand on both sides.
 */
export function fallbacksOf(
  settings: ResolvedSettings,
  modelGroup: string,
  kind: FallbackKind,
  resolve: (model: string) => string,
): readonly string[] {
  const named = namedFallbacks(settings, modelGroup, kind, resolve);
  if (named.length === 0) return NONE;
  const groups = new Set(named.map(resolve));
  groups.delete(modelGroup);
  return [...groups];
}

function namedFallbacks(
  settings: ResolvedSettings,
  modelGroup: string,
  kind: FallbackKind,
  resolve: (model: string) => string,
): readonly string[] {
  const lists = {
    general: settings.fallbacks,
    context_window: settings.contextWindowFallbacks,
    content_policy: settings.contentPolicyFallbacks,
  }[kind];
  const own = listOf(lists, modelGroup) ?? listOfAlias(lists, modelGroup, resolve) ?? listOf(lists, ANY_GROUP);
  return own ?? (kind === 'general' ? settings.defaultFallbacks : NONE);
}

/** Groups may be called like what every object has. */
function listOf(lists: Readonly<Record<string, string[]>>, name: string): readonly string[] | undefined {
  return Object.hasOwn(lists, name) ? lists[name] : undefined;
}

function listOfAlias(
  lists: Readonly<Record<string, string[]>>,
  modelGroup: string,
  resolve: (model: string) => string,
): readonly string[] | undefined {
  const alias = Object.keys(lists).find((name) => name !== ANY_GROUP && resolve(name) === modelGroup);
  return alias === undefined ? undefined : lists[alias];
}
