import { PRICE_ORIGINS, stretchId, type Price, type PriceEntry } from './price.js';

/**
 * Settles which source wins. Takes every row in the order in which they were added; gives rows of which, per model and
 * provider, the latest one that has begun is in force: first by source (api, config, catalogue), then the provider's own
 * row before the row for any provider, then the latest; of two from the same time the one added later.
 *
 * @param keepAfterMs stretches that ended before are left out: what was billed then has its cost already, and a list
 * that only grew would outgrow the bus.
 */
export function resolvePrices(entries: readonly PriceEntry[], keepAfterMs: number): Price[] {
  const timesPublished = new Map<string, number>();
  return [...groupBy(entries, ({ model }) => model).values()].flatMap((ofModel) =>
    [...groupBy(ofModel, ({ provider }) => provider).keys()].flatMap((provider) =>
      stretchesOf(ofModel, provider, keepAfterMs).map(({ entry, fromMs }) => {
        const times = (timesPublished.get(entry.id) ?? 0) + 1;
        timesPublished.set(entry.id, times);
        const { origin: _origin, retired: _retired, ...price } = entry;
        return { ...price, id: stretchId(entry.id, times), provider, effectiveFromMs: fromMs };
      }),
    ),
  );
}

interface Stretch {
  entry: PriceEntry;
  fromMs: number;
}

/** Who is in force when, for one model at one provider (null: at any). */
function stretchesOf(ofModel: readonly PriceEntry[], provider: string | null, keepAfterMs: number): Stretch[] {
  const layers = layersOf(ofModel, provider);
  const beginnings = [...new Set(layers.flat().map(({ effectiveFromMs }) => effectiveFromMs))].sort((a, b) => a - b);
  let stretches: Stretch[] = [];
  for (const fromMs of beginnings) {
    const entry = winnerAt(layers, fromMs);
    // The reader knows no end of a price, so one that ends without a successor must not be published.
    if (!entry) stretches = [];
    else if (stretches.at(-1)?.entry !== entry) stretches.push({ entry, fromMs });
  }
  const firstKept = stretches.findLastIndex(({ fromMs }) => fromMs <= keepAfterMs);
  return stretches.slice(Math.max(firstKept, 0));
}

/** Rows that may price one model at one provider: strongest layer first, oldest row of a layer first. */
export type PriceLayers = readonly PriceEntry[][];

/** The rows that may price this model at this provider (null: at any). */
export function layersOf(ofModel: readonly PriceEntry[], provider: string | null): PriceLayers {
  const providers = provider === null ? [null] : [provider, null];
  return PRICE_ORIGINS.flatMap((origin) =>
    providers.map((of) =>
      ofModel
        .filter((entry) => entry.origin === origin && entry.provider === of)
        // Stable: of two from the same time the one added later stays behind.
        .sort((a, b) => a.effectiveFromMs - b.effectiveFromMs),
    ),
  );
}

/** The row that is in force at a time. */
export function winnerAt(layers: PriceLayers, atMs: number): PriceEntry | undefined {
  for (const layer of layers) {
    const inForce = layer.findLast(({ effectiveFromMs }) => effectiveFromMs <= atMs);
    if (inForce && !inForce.retired) return inForce;
  }
  return undefined;
}

export function groupBy<T, Key>(items: readonly T[], keyOf: (item: T) => Key): Map<Key, T[]> {
  const groups = new Map<Key, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
