import { saysTheSame, type Price, type PriceEntry } from './price.js';

/** A price as the configuration says it: it holds while the configuration says so. */
export type ConfiguredPrice = Omit<Price, 'id' | 'effectiveFromMs'>;

/**
 * The rows to add so that the table says what the bundled catalogue says. A row that is there already is left alone; one
 * that a later release corrects gets a successor of the same date, under the next revision of its id.
 */
export function planCatalogue(existing: readonly PriceEntry[], bundled: readonly Price[]): PriceEntry[] {
  const revisions = new Map<string, PriceEntry[]>();
  for (const entry of existing) {
    if (entry.origin !== 'catalogue') continue;
    const key = entry.id.replace(REVISION_SUFFIX, '');
    revisions.set(key, [...(revisions.get(key) ?? []), entry]);
  }
  return bundled.flatMap((price) => {
    const known = revisions.get(price.id) ?? [];
    const latest = known.at(-1);
    if (latest && saysTheSame(latest, price)) return [];
    const id = latest ? `${price.id}#${known.length + 1}` : price.id;
    return [{ ...price, id, source: `catalogue: ${price.source}`, origin: 'catalogue' as const, retired: false }];
  });
}

const REVISION_SUFFIX = /#\d+$/;

/**
 * The rows to add so that the table says what the configuration says: new and changed prices, and the end of those that
 * are gone from it. They hold from now on; the price of a model that never had one holds since ever, since nothing can
 * have been billed by another.
 */
export function planConfig(
  existing: readonly PriceEntry[],
  configured: readonly ConfiguredPrice[],
  nowMs: number,
  newId: () => string,
): PriceEntry[] {
  const everPriced = new Set(existing.map(({ model }) => model));
  const latest = new Map<string, PriceEntry>();
  for (const entry of existing) if (entry.origin === 'config') latest.set(modelKeyOf(entry), entry);
  // A clock that was set back must not hide a new row behind the one it follows.
  const fromNow = (known: PriceEntry | undefined): number => Math.max(nowMs, known?.effectiveFromMs ?? 0);
  const wanted = new Map(configured.map((price) => [modelKeyOf(price), price]));
  const added = [...wanted].flatMap(([key, price]) => {
    const known = latest.get(key);
    latest.delete(key);
    const effectiveFromMs = everPriced.has(price.model) ? fromNow(known) : 0;
    const entry = { ...price, id: newId(), effectiveFromMs, origin: 'config' as const, retired: false };
    return known && !known.retired && saysTheSame(known, entry) ? [] : [entry];
  });
  const gone = [...latest.values()].filter(({ retired }) => !retired);
  return [
    ...added,
    ...gone.map((entry) => ({ ...entry, id: newId(), effectiveFromMs: fromNow(entry), retired: true })),
  ];
}

/** The same for two rows that price one model at one provider. */
export const modelKeyOf = ({ model, provider }: Pick<Price, 'model' | 'provider'>): string =>
  JSON.stringify([model, provider]);
