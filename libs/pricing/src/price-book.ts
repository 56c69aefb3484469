import type { PriceRow } from './rates.js';

/** Which price is asked for. A model may be written `provider/model` when no provider is given. */
export interface PriceQuery {
  model: string;
  provider?: string | null;
}

type Versions = PriceRow[];

/**
 * All prices of all times, read-only: a new snapshot is a new book. Each model's rows are sorted by the time from which
 * they hold, so that an old request finds the price of its time (PR-014) and a new one the newest row, at once.
 */
export class PriceBook {
  readonly #byModel = new Map<string, Map<string | null, Versions>>();
  readonly #byId = new Map<string, PriceRow>();

  /**
   * @param rows in any order; of two rows of one model, provider and time the later one in the list holds.
   * @throws RangeError when two rows have the same id: usage records name their price by it.
   */
  constructor(rows: Iterable<PriceRow>) {
    for (const row of rows) this.#add(row);
    for (const byProvider of this.#byModel.values()) {
      for (const versions of byProvider.values()) versions.sort((a, b) => a.effectiveFromMs - b.effectiveFromMs);
    }
  }

  /**
   * The price in force at a time: the provider's own row, else the row for any provider. Without a provider in the query:
   * the row for any provider, else the only provider's, else the provider that the model's prefix names.
   * @param atMs epoch milliseconds.
   * @returns undefined when nothing is priced: refuse the call rather than let it bypass a budget.
   */
  priceAt({ model, provider }: PriceQuery, atMs: number): PriceRow | undefined {
    const byProvider = this.#byModel.get(model);
    const own = provider == null ? undefined : inForce(byProvider?.get(provider), atMs);
    const found = own ?? inForce(byProvider?.get(null), atMs);
    if (found || provider != null) return found;
    if (byProvider) return byProvider.size === 1 ? inForce([...byProvider.values()][0], atMs) : undefined;
    const slash = model.indexOf('/');
    if (slash < 1) return undefined;
    return this.priceAt({ provider: model.slice(0, slash), model: model.slice(slash + 1) }, atMs);
  }

  /** The row that a usage record names as its price. */
  byId(id: string): PriceRow | undefined {
    return this.#byId.get(id);
  }

  get size(): number {
    return this.#byId.size;
  }

  #add(row: PriceRow): void {
    if (this.#byId.has(row.id)) throw new RangeError(`two prices have the id ${row.id}`);
    this.#byId.set(row.id, row);
    const byProvider = this.#byModel.get(row.model) ?? new Map<string | null, Versions>();
    this.#byModel.set(row.model, byProvider);
    const versions = byProvider.get(row.provider) ?? [];
    byProvider.set(row.provider, versions);
    versions.push(row);
  }
}

// From the newest back: now is nearly always the first step, prices announced for later a few more.
function inForce(versions: Versions | undefined, atMs: number): PriceRow | undefined {
  return versions?.findLast((row) => row.effectiveFromMs <= atMs);
}
