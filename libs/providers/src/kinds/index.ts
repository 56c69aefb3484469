import { PROFILES } from '../profiles/index.js';

/** What configuration has to know of a kind of provider. Free of anything that opens connections. */
export interface KindSettings {
  /** Null: it has to be given. */
  readonly baseUrl: string | null;
  /** The variable that holds its key when none is given; read only for calls to `baseUrl` itself. */
  readonly keyVariable: string | null;
  /** Whose prices hold, as price tables name it. */
  readonly vendor: string;
}

/** Every kind, by each of its names: the prefixes of LiteLLM's models. */
export const KIND_SETTINGS: ReadonlyMap<string, KindSettings> = new Map(
  PROFILES.flatMap(({ kind, aliases = [], vendor, baseUrl, keyVariable = null }) =>
    [kind, ...aliases].map((name): [string, KindSettings] => [name, { baseUrl, keyVariable, vendor: vendor ?? name }]),
  ),
);

/** The vendor that owns the host of a base URL; null for a host that no vendor publishes. */
export function vendorOfBaseUrl(baseUrl: string): string | null {
  const { hostname } = new URL(baseUrl);
  if (LOCAL.test(hostname)) return null;
  const known = [...KIND_SETTINGS.values()].find(
    (settings) => settings.baseUrl !== null && new URL(settings.baseUrl).hostname === hostname,
  );
  return known?.vendor ?? null;
}

/** Anything may listen there. */
const LOCAL = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
