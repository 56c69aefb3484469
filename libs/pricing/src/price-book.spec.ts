import { parseUsdPerMillionTokens } from '@ao/kernel';
import fc from 'fast-check';
import { priceRow } from './__fixtures__/rows.js';
import { cost } from './cost.js';
import { PriceBook } from './price-book.js';
import { usageOf } from './usage.js';

const JANUARY = Date.UTC(2026, 0, 1);
const MARCH = Date.UTC(2026, 2, 1);
const DAY_MS = 86_400_000;

describe('price book', () => {
  const cheap = priceRow({ id: 'v1', effectiveFromMs: JANUARY, inputPico: parseUsdPerMillionTokens('1') });
  const dear = priceRow({ id: 'v2', effectiveFromMs: MARCH, inputPico: parseUsdPerMillionTokens('3') });

  it('[PR-014] prices a new request at the new rate and leaves the cost of an old one as it was', () => {
    const usage = usageOf({ inputTokens: 1_000_000 });
    const costAt = (book: PriceBook, atMs: number) => cost(usage, book.priceAt({ model: 'm' }, atMs)!);
    const before = new PriceBook([cheap]);
    const after = new PriceBook([dear, cheap]);
    const oldRequestMs = JANUARY + DAY_MS;
    expect(costAt(after, MARCH)).toBe(3_000_000_000n);
    expect(costAt(after, oldRequestMs)).toBe(1_000_000_000n);
    expect(costAt(after, oldRequestMs)).toBe(costAt(before, oldRequestMs));
    expect(costAt(after, MARCH - 1)).toBe(1_000_000_000n);
  });

  it('has no price before the first row and for unknown models', () => {
    const book = new PriceBook([cheap]);
    expect(book.priceAt({ model: 'm' }, JANUARY - 1)).toBeUndefined();
    expect(book.priceAt({ model: 'other' }, JANUARY)).toBeUndefined();
  });

  it('picks the latest row in force among any rows in any order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 50 }), { minLength: 1, maxLength: 20 }),
        fc.nat({ max: 60 }),
        (times, atMs) => {
          const rows = times.map((effectiveFromMs, index) => priceRow({ id: `v${index}`, effectiveFromMs }));
          const found = new PriceBook(rows).priceAt({ model: 'm' }, atMs);
          const inForce = rows.filter((row) => row.effectiveFromMs <= atMs);
          const latest = Math.max(...inForce.map((row) => row.effectiveFromMs));
          expect(found).toBe(inForce.findLast((row) => row.effectiveFromMs === latest));
        },
      ),
    );
  });

  it('prefers the provider’s own price to the one for any provider, and never takes another provider’s', () => {
    const book = new PriceBook([
      priceRow({ id: 'any' }),
      priceRow({ id: 'azure', provider: 'azure', effectiveFromMs: JANUARY }),
      priceRow({ id: 'only-openai', model: 'o', provider: 'openai' }),
    ]);
    const idAt = (model: string, provider: string | null, atMs = MARCH) => book.priceAt({ model, provider }, atMs)?.id;
    expect(idAt('m', 'azure')).toBe('azure');
    expect(idAt('m', 'azure', JANUARY - 1)).toBe('any');
    expect(idAt('m', 'openai')).toBe('any');
    expect(idAt('o', 'azure')).toBeUndefined();
    expect(idAt('o', null)).toBe('only-openai');
    expect(idAt('openai/o', null)).toBe('only-openai');
    expect(idAt('azure/o', null)).toBeUndefined();
  });

  it('does not guess between several providers', () => {
    const book = new PriceBook([priceRow({ id: 'a', provider: 'a' }), priceRow({ id: 'b', provider: 'b' })]);
    expect(book.priceAt({ model: 'm' }, MARCH)).toBeUndefined();
    expect(book.priceAt({ model: 'b/m' }, MARCH)?.id).toBe('b');
  });

  it('finds a row by its id and refuses two rows with one', () => {
    expect(new PriceBook([cheap, dear]).byId('v1')).toBe(cheap);
    expect(() => new PriceBook([cheap, cheap])).toThrow('v1');
  });
});
