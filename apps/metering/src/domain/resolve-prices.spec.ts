import { PriceBook } from '@ao/pricing';
import fc from 'fast-check';
import { priceEntry } from './__fixtures__/prices.js';
import { rowIdOf, type PriceEntry } from './price.js';
import { resolvePrices } from './resolve-prices.js';

const NOW = 50;
const catalogue = priceEntry({ id: 'catalogue', provider: 'openai' });
const config = priceEntry({ id: 'config', origin: 'config', provider: 'openai', effectiveFromMs: 10 });
const api = priceEntry({ id: 'api', origin: 'api', effectiveFromMs: 20 });

/** The id of the row that a gateway would price by. */
const priceAt = (entries: PriceEntry[], provider: string | null, atMs: number): string | undefined => {
  const found = new PriceBook(resolvePrices(entries, NOW)).priceAt({ model: 'm', provider }, atMs);
  return found && rowIdOf(found.id);
};

describe('the published price list', () => {
  it('[PR-014] lets the API win over the configuration and the configuration over the catalogue', () => {
    expect(priceAt([catalogue], 'openai', NOW)).toBe('catalogue');
    expect(priceAt([api, config, catalogue], 'openai', NOW)).toBe('api');
    expect(priceAt([config, catalogue], 'openai', NOW)).toBe('config');
  });

  it('lets a provider’s own price win over the price for any provider of the same source', () => {
    const own = priceEntry({ id: 'own', origin: 'api', provider: 'openai' });
    expect(priceAt([own, api], 'openai', NOW)).toBe('own');
    expect(priceAt([own, api], 'azure', NOW)).toBe('api');
  });

  it('[PR-014] keeps a price in force until the next one begins', () => {
    const announced = priceEntry({ id: 'announced', origin: 'api', effectiveFromMs: 100 });
    expect(priceAt([catalogue, announced], 'openai', 99)).toBe('catalogue');
    expect(priceAt([catalogue, announced], 'openai', 100)).toBe('announced');
  });

  it('goes back to the catalogue when the configuration says nothing any more', () => {
    const end = { ...config, id: 'end', retired: true, effectiveFromMs: 30 };
    expect(priceAt([catalogue, config, end], 'openai', NOW)).toBe('catalogue');
    expect(priceAt([config, end], 'openai', NOW)).toBeUndefined();
  });

  it('leaves out what ended before, so that it does not grow with every change', () => {
    const changes = Array.from({ length: 40 }, (_, at) =>
      priceEntry({ id: `${at}`, origin: 'api', effectiveFromMs: at }),
    );
    expect(resolvePrices(changes, NOW).map(({ id }) => id)).toEqual(['39']);
  });

  it('prices every call from now on by the strongest row of its time, whatever the rows', () => {
    const rows = fc.array(
      fc.record({
        origin: fc.constantFrom('api' as const, 'config' as const, 'catalogue' as const),
        provider: fc.constantFrom(null, 'a', 'b'),
        effectiveFromMs: fc.nat(100),
        retired: fc.boolean(),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(
        rows,
        fc.constantFrom('a', 'b', 'c'),
        fc.integer({ min: NOW, max: 120 }),
        (changes, provider, atMs) => {
          const entries = changes.map(({ retired, ...change }, index) =>
            // Prices end at the time of a change of the configuration, never in the future.
            priceEntry({ ...change, id: `row_${index}`, retired: retired && change.effectiveFromMs <= NOW }),
          );
          expect(priceAt(entries, provider, atMs)).toBe(strongest(entries, provider, atMs)?.id);
        },
      ),
      { numRuns: 500 },
    );
  });
});

function strongest(entries: PriceEntry[], provider: string, atMs: number): PriceEntry | undefined {
  for (const origin of ['api', 'config', 'catalogue']) {
    for (const at of [provider, null]) {
      const begun = entries.filter((e) => e.origin === origin && e.provider === at && e.effectiveFromMs <= atMs);
      const latestMs = Math.max(...begun.map(({ effectiveFromMs }) => effectiveFromMs));
      const latest = begun.findLast(({ effectiveFromMs }) => effectiveFromMs === latestMs);
      if (latest && !latest.retired) return latest;
    }
  }
  return undefined;
}
