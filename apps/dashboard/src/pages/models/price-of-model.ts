import type { Model, Price } from '../../api/types.js';

/**
 * The catalogue's price for a model under its own name: of its provider before that of any provider, the latest that has
 * begun. Undefined where the catalogue knows the model by another name only; calls may then be priced by that.
 */
export function priceOfModel(
  { id, owned_by: owner }: Model,
  prices: readonly Price[],
  nowMs: number,
): Price | undefined {
  const begun = prices.filter(({ model, effective_from: from }) => model === id && Date.parse(from) <= nowMs);
  const latest = (provider: string | null): Price | undefined =>
    begun
      .filter((price) => price.provider === provider)
      .reduce<Price | undefined>((best, price) => (best && isLater(best, price) ? best : price), undefined);
  return latest(owner) ?? latest(null);
}

const isLater = (a: Price, b: Price): boolean => Date.parse(a.effective_from) > Date.parse(b.effective_from);

/** Rows whose model, provider or source contains every word. */
export function searchPrices(prices: readonly Price[], search: string): Price[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return prices.filter(({ model, provider, source }) => {
    const text = `${model} ${provider ?? ''} ${source}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
