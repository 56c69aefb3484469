import { modelKeyOf, type ConfiguredPrice } from './plan-price-sync.js';
import { saysTheSame, type PriceEntry } from './price.js';

export interface PriceImportPlan {
  changes: { change: 'added' | 'changed'; entry: PriceEntry }[];
  unchanged: number;
}

/**
 * The rows to add so that imported prices hold from now on; those of a model that never had a price hold since ever. What
 * was imported before, or the catalogue says in want of that, is not said again.
 */
export function planImport(
  existing: readonly PriceEntry[],
  imported: readonly ConfiguredPrice[],
  nowMs: number,
  newId: () => string,
): PriceImportPlan {
  const everPriced = new Set(existing.map(({ model }) => model));
  const known = knownPrices(existing, nowMs);
  const plan: PriceImportPlan = { changes: [], unchanged: 0 };
  for (const price of imported) {
    const present = known.get(modelKeyOf(price));
    // A clock that was set back must not hide a new row behind the one it follows.
    const effectiveFromMs = everPriced.has(price.model) ? Math.max(nowMs, present?.effectiveFromMs ?? 0) : 0;
    const entry: PriceEntry = { ...price, id: newId(), effectiveFromMs, origin: 'import', retired: false };
    if (present && saysTheSame(present, entry)) plan.unchanged += 1;
    else plan.changes.push({ change: present ? 'changed' : 'added', entry });
  }
  return plan;
}

/** Per model and provider what an import would replace: the latest import, else the catalogue's price in force. */
function knownPrices(existing: readonly PriceEntry[], nowMs: number): Map<string, PriceEntry> {
  const known = new Map<string, PriceEntry>();
  for (const entry of existing) {
    if (entry.origin !== 'catalogue' || entry.effectiveFromMs > nowMs) continue;
    const best = known.get(modelKeyOf(entry));
    if (!best || entry.effectiveFromMs >= best.effectiveFromMs) known.set(modelKeyOf(entry), entry);
  }
  for (const entry of existing) if (entry.origin === 'import') known.set(modelKeyOf(entry), entry);
  return known;
}
