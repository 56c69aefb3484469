import type { PriceEntry } from './price.js';
import { groupBy, layersOf, winnerAt, type PriceLayers } from './resolve-prices.js';

/** All prices of all times, ends of prices included: what the published list, which holds only the present, leaves out. */
export class PriceHistory {
  private readonly byModel: Map<string, PriceEntry[]>;
  private readonly byId: Map<string, PriceEntry>;
  private readonly layers = new Map<string, PriceLayers>();

  /** @param entries every row, in the order in which they were added. */
  constructor(entries: readonly PriceEntry[]) {
    this.byModel = groupBy(entries, ({ model }) => model);
    this.byId = new Map(entries.map((entry) => [entry.id, entry]));
  }

  find(rowId: string): PriceEntry | undefined {
    return this.byId.get(rowId);
  }

  /** The row by which a gateway would have priced the model at that time, had it known all that is known now. */
  priceAt({ model, provider }: { model: string; provider: string }, atMs: number): PriceEntry | undefined {
    const ofModel = this.byModel.get(model);
    return ofModel && winnerAt(this.layersOf(ofModel, model, provider), atMs);
  }

  private layersOf(ofModel: readonly PriceEntry[], model: string, provider: string): PriceLayers {
    const key = JSON.stringify([model, provider]);
    const known = this.layers.get(key);
    if (known) return known;
    const layers = layersOf(ofModel, provider);
    this.layers.set(key, layers);
    return layers;
  }
}
