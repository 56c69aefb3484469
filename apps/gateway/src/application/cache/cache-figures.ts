import type { CacheFigures } from '@ao/contracts';
import type { Counts, KeyValue } from '@ao/keyvalue';
import { nanoUsd, type NanoUsd } from '@ao/kernel';
import type { CacheScope } from './cache-scope.js';
import type { EntryStore } from './entry-store.js';

/** How long figures are kept that nothing is added to. */
const FIGURES_TTL_MS = 90 * 24 * 3_600_000;

type Outcome = { kind: 'hit' | 'semantic'; saved: NanoUsd } | { kind: 'miss' };

/** How the cache did, over all replicas. */
export class CacheFiguresStore {
  constructor(
    private readonly store: Pick<KeyValue, 'addCounts' | 'getCounts'>,
    private readonly entries: EntryStore,
  ) {}

  /** Nobody waits for it, and figures that are lost while the store is away are no failure. */
  count({ orgId, owner }: CacheScope, outcome: Outcome): void {
    const amounts: Counts =
      outcome.kind === 'miss'
        ? { [`${owner} misses`]: 1n }
        : {
            [`${owner} hits`]: 1n,
            [`${owner} saved`]: outcome.saved,
            ...(outcome.kind === 'semantic' && { [`${owner} semantic`]: 1n }),
          };
    this.store.addCounts(keyOf(orgId), amounts, { ttlMs: FIGURES_TTL_MS }).catch(() => undefined);
  }

  /** @throws AppError `backend_unavailable`. */
  async read(orgId: string): Promise<CacheFigures[]> {
    const counts = await this.store.getCounts(keyOf(orgId));
    const owners = [...new Set(Object.keys(counts).map((name) => name.split(' ')[0]!))].sort();
    return Promise.all(
      owners.map(async (owner) => ({
        namespace: owner,
        hits: Number(counts[`${owner} hits`] ?? 0n),
        semanticHits: Number(counts[`${owner} semantic`] ?? 0n),
        misses: Number(counts[`${owner} misses`] ?? 0n),
        saved: nanoUsd(counts[`${owner} saved`] ?? 0n),
        entries: await this.entries.countEntries({ orgId, owner, part: null }),
      })),
    );
  }
}

const keyOf = (orgId: string): string => `cache-counts:${orgId}`;
