import type { GroupPolicy, RouterSettings } from '@ao/contracts';

/** How a group is served, nothing left open. */
export type ResolvedPolicy = Required<Omit<GroupPolicy, 'timeoutMs' | 'firstTokenMs' | 'stallMs' | 'serviceLevel'>> & {
  timeoutMs: number | null;
  firstTokenMs: number | null;
  stallMs: number | null;
  serviceLevel: GroupPolicy['serviceLevel'] | null;
  /** What is said of the group itself: it goes before what a deployment says, and that before the router's. */
  own: GroupPolicy;
};

/** The router's settings for one organisation, nothing left open but what differs by group. */
export type ResolvedSettings = Required<Omit<RouterSettings, keyof GroupPolicy>> & GroupPolicy;

/** LiteLLM's, where it has one that serves its users well; docs/routing.md says where and why not. */
export const ROUTER_DEFAULTS: ResolvedSettings = {
  strategy: 'simple-shuffle',
  retriesMax: 2,
  groups: {},
  totalTimeoutMs: 600_000,
  allowedFails: 3,
  cooldownMs: 5_000,
  cooldowns: true,
  fallbacks: {},
  contextWindowFallbacks: {},
  contentPolicyFallbacks: {},
  defaultFallbacks: [],
  fallbacksMax: 5,
  tagFiltering: 'off',
  preCallChecks: false,
  dropParams: false,
  latencyBuffer: 0,
  geoRules: null,
  residencyRegions: null,
};

const GROUP_DEFAULTS: ResolvedPolicy = {
  strategy: 'simple-shuffle',
  retriesMax: 2,
  retryPolicy: {},
  retryAfterMinMs: 0,
  timeoutMs: null,
  firstTokenMs: null,
  stallMs: null,
  recoverStreams: false,
  serviceLevel: null,
  promptCacheAffinity: false,
  own: {},
};

/**
 * The later ones win, field by field; maps by group are joined, so that one may add to the other. Residency locks are no wishes:
 * each of them holds, and who comes later can only narrow what went before.
 */
export function joinSettings(...parts: RouterSettings[]): ResolvedSettings {
  let joined: ResolvedSettings = ROUTER_DEFAULTS;
  for (const part of parts) {
    joined = {
      ...joined,
      ...part,
      groups: { ...joined.groups, ...part.groups },
      fallbacks: { ...joined.fallbacks, ...part.fallbacks },
      contextWindowFallbacks: { ...joined.contextWindowFallbacks, ...part.contextWindowFallbacks },
      contentPolicyFallbacks: { ...joined.contentPolicyFallbacks, ...part.contentPolicyFallbacks },
      residencyRegions: narrowed(joined.residencyRegions, part.residencyRegions ?? null),
    };
  }
  return joined;
}

/** What lies in both, by the beginnings of names; none where they have nothing in common, so that nothing may be called. */
function narrowed(one: string[] | null, other: string[] | null): string[] | null {
  if (one === null || other === null) return one ?? other;
  const within = (inner: string, outer: string): boolean => inner.toLowerCase().startsWith(outer.toLowerCase());
  const inOther = one.filter((region) => other.some((outer) => within(region, outer)));
  const inOne = other.filter((region) => one.some((outer) => within(region, outer)));
  return [...new Set([...inOther, ...inOne])];
}

/** The group's own word first, then the router's, then the default. */
export function policyOf(settings: ResolvedSettings, modelGroup: string): ResolvedPolicy {
  const own = settings.groups[modelGroup];
  const { strategy, retriesMax, retryPolicy, retryAfterMinMs, timeoutMs, firstTokenMs, stallMs } = settings;
  const { recoverStreams, serviceLevel, promptCacheAffinity } = settings;
  return {
    ...GROUP_DEFAULTS,
    ...definedOf({ strategy, retriesMax, retryPolicy, retryAfterMinMs, timeoutMs, firstTokenMs, stallMs }),
    ...definedOf({ recoverStreams, serviceLevel, promptCacheAffinity }),
    ...definedOf(own ?? {}),
    own: own ?? {},
  };
}

function definedOf<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
