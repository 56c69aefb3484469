import { cacheNamespace, flushCacheV1, getCacheStatsV1, type CacheFigures } from '@ao/contracts';
import { AppError, formatUsd, nanoUsd } from '@ao/kernel';
import { adminRoute } from './admin-routes.js';

/** The response cache of the caller's organisation (CA-011, CA-012). */
export const cacheRoutes = [
  adminRoute({
    method: 'GET',
    path: '/v1/cache/stats',
    contract: getCacheStatsV1,
    toRequest: ({ actor }) => ({ actor }),
    toBody: ({ namespaces }) => ({
      data: namespaces.map(toBody),
      total: toBody(totalOf(namespaces)),
      next_cursor: null,
    }),
  }),
  adminRoute({
    method: 'DELETE',
    path: '/v1/cache',
    contract: flushCacheV1,
    toRequest: ({ actor }) => ({ actor }),
    toBody: ({ flushed }) => ({ flushed }),
  }),
  adminRoute({
    method: 'DELETE',
    path: '/v1/cache/:namespace',
    contract: flushCacheV1,
    toRequest: ({ actor, params }) => ({ actor, namespace: namespaceOf(params['namespace']!) }),
    toBody: ({ flushed }) => ({ flushed }),
  }),
];

function namespaceOf(text: string): string {
  const { success, data } = cacheNamespace.safeParse(text);
  if (success) return data;
  throw new AppError(
    'invalid_parameter',
    'A namespace is the id of a team, or of a key without one, such as team_1; a part of it is team_1:name.',
    { param: 'namespace' },
  );
}

type Figures = Omit<CacheFigures, 'namespace'>;

const totalOf = (all: readonly Figures[]): Figures =>
  all.reduce(
    (sum, figures) => ({
      hits: sum.hits + figures.hits,
      semanticHits: sum.semanticHits + figures.semanticHits,
      misses: sum.misses + figures.misses,
      entries: sum.entries + figures.entries,
      saved: nanoUsd(sum.saved + figures.saved),
    }),
    { hits: 0, semanticHits: 0, misses: 0, entries: 0, saved: nanoUsd(0n) },
  );

function toBody({ hits, semanticHits, misses, entries, saved, ...name }: Figures): object {
  const lookups = hits + misses;
  return {
    ...name,
    hits,
    semantic_hits: semanticHits,
    misses,
    hit_rate: lookups === 0 ? 0 : Number((hits / lookups).toFixed(4)),
    entries,
    saved_usd: formatUsd(saved),
  };
}
