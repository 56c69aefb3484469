import { AppError } from '@ao/kernel';
import { cutsOf, locateFields, readJson, replaceFields, type LocatedFields } from '@ao/wire';

/** What a caller wants of the cache for one call. */
export interface CacheControls {
  /** Neither read nor written. */
  bypass: boolean;
  /** Not read: the answer is to be fresh. */
  noCache: boolean;
  /** Not written. */
  noStore: boolean;
  /** Asked for where the cache is off unless asked for. */
  useCache: boolean;
  ttlMs: number | null;
  /** The oldest answer that will do. */
  ageMsMax: number | null;
  /** A part of the caller's own namespace. */
  namespace: string | null;
}

export const NO_CONTROLS: CacheControls = {
  bypass: false,
  noCache: false,
  noStore: false,
  useCache: false,
  ttlMs: null,
  ageMsMax: null,
  namespace: null,
};

interface Found {
  /** Without what only the platform understands. */
  body: Buffer;
  /** Null: nothing was said. */
  controls: CacheControls | null;
}

interface CacheHeaders {
  /** `X-Cache-Bypass` */
  bypass: boolean;
  cacheControl: string | undefined;
}

/**
 * Takes out of a request what it says of the cache: `cache: {…}` in the body, as LiteLLM's callers write it, and headers.
 * A body without the word costs one search through its bytes.
 * @throws AppError `invalid_parameter` naming the control.
 */
export function takeCacheControls(body: Buffer, headers: CacheHeaders): Found {
  const told = ofHeaders(headers);
  const fields = body.includes(WORD) ? locateFields(body) : null;
  const range = fields?.values.get('cache');
  // What stands twice is refused by whoever reads the request.
  if (!fields || !range || fields.duplicate !== null) return { body, controls: told };
  const asked = ofBody(read(body, fields));
  return {
    body: replaceFields(body, fields, {}, cutsOf(body, fields, ['cache'])),
    controls: told ? { ...asked, bypass: told.bypass, noCache: asked.noCache || told.noCache } : asked,
  };
}

const WORD = '"cache"';

function ofHeaders({ bypass, cacheControl }: CacheHeaders): CacheControls | null {
  if (!bypass && cacheControl === undefined) return null;
  const directives = (cacheControl ?? '')
    .toLowerCase()
    .split(',')
    .map((directive) => directive.trim());
  const noStore = directives.includes('no-store');
  const noCache = directives.includes('no-cache');
  if (!bypass && !noStore && !noCache) return null;
  // An HTTP client that says no-store wants nothing to do with any cache.
  return { ...NO_CONTROLS, bypass: bypass || noStore, noCache };
}

function read(body: Buffer, fields: LocatedFields): unknown {
  try {
    return readJson(body, fields.values.get('cache')!);
  } catch {
    throw invalid('cache', 'is not valid JSON');
  }
}

function ofBody(cache: unknown): CacheControls {
  if (cache === null) return NO_CONTROLS;
  if (typeof cache !== 'object' || Array.isArray(cache)) throw invalid('cache', 'must be an object');
  const given = cache as Readonly<Record<string, unknown>>;
  return {
    bypass: false,
    noCache: flag(given, 'no-cache'),
    noStore: flag(given, 'no-store'),
    useCache: flag(given, 'use-cache'),
    ttlMs: seconds(given, 'ttl'),
    ageMsMax: seconds(given, 's-maxage') ?? seconds(given, 's-max-age'),
    namespace: namespaceOf(given['namespace']),
  };
}

function flag(given: Readonly<Record<string, unknown>>, name: string): boolean {
  const value = given[name] ?? false;
  if (typeof value !== 'boolean') throw invalid(`cache.${name}`, 'must be true or false');
  return value;
}

const SECONDS_MAX = 2_592_000;
const MS_PER_S = 1_000;

function seconds(given: Readonly<Record<string, unknown>>, name: string): number | null {
  const value = given[name] ?? null;
  if (value === null) return null;
  if (typeof value !== 'number' || !(value >= 0 && value <= SECONDS_MAX)) {
    throw invalid(`cache.${name}`, `must be a number of seconds from 0 to ${SECONDS_MAX}`);
  }
  return Math.round(value * MS_PER_S);
}

const NAMESPACE = /^[\w.-]{1,64}$/;

function namespaceOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && NAMESPACE.test(value)) return value;
  throw invalid('cache.namespace', 'must have 1 to 64 letters, digits, dots, dashes and underscores');
}

const invalid = (param: string, rule: string): AppError =>
  new AppError('invalid_parameter', `'${param}' ${rule}.`, { param });
