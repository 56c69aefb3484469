import { picoUsd } from '@ao/kernel';
import { priceEntry } from './__fixtures__/prices.js';
import { planCatalogue, planConfig } from './plan-price-sync.js';
import type { PriceEntry } from './price.js';

const NOW = 1_000;
const dearer = { inputPico: picoUsd(9n) };

describe('the catalogue in the price table', () => {
  const bundled = [priceEntry({ id: 'catalogue:*/m@2026-01-01' })];
  const first = planCatalogue([], bundled);

  it('is added once, however often the service starts', () => {
    expect(first).toMatchObject([{ id: 'catalogue:*/m@2026-01-01', origin: 'catalogue', source: 'catalogue: test' }]);
    expect(planCatalogue(first, bundled)).toEqual([]);
  });

  it('[PR-014] is corrected by a new row, and back again by another', () => {
    const second = planCatalogue(first, [priceEntry({ id: 'catalogue:*/m@2026-01-01', ...dearer })]);
    expect(second).toMatchObject([{ id: 'catalogue:*/m@2026-01-01#2', ...dearer }]);
    expect(planCatalogue([...first, ...second], bundled)).toMatchObject([{ id: 'catalogue:*/m@2026-01-01#3' }]);
  });
});

describe('the configuration in the price table', () => {
  let made = 0;
  const plan = (existing: PriceEntry[], configured: PriceEntry[], nowMs = NOW): PriceEntry[] =>
    planConfig(existing, configured, nowMs, () => `prc_${(made += 1)}`);
  const first = plan([], [priceEntry()]);

  it('holds since ever for a model that had no price, and from now on for one that had', () => {
    expect(first).toMatchObject([{ origin: 'config', effectiveFromMs: 0, retired: false }]);
    expect(plan([priceEntry()], [priceEntry()])).toMatchObject([{ effectiveFromMs: NOW }]);
  });

  it('adds nothing while it says the same', () => expect(plan(first, [priceEntry()])).toEqual([]));

  it('[PR-014] adds a row for a changed price and ends one that is gone', () => {
    expect(plan(first, [priceEntry(dearer)])).toMatchObject([{ ...dearer, effectiveFromMs: NOW }]);
    const end = plan(first, []);
    expect(end).toMatchObject([{ model: 'm', retired: true, effectiveFromMs: NOW }]);
    expect(plan([...first, ...end], [])).toEqual([]);
    expect(plan([...first, ...end], [priceEntry()])).toMatchObject([{ retired: false, effectiveFromMs: NOW }]);
  });

  it('does not hide a change behind its predecessor when the clock was set back', () => {
    const present = [priceEntry({ origin: 'config', effectiveFromMs: NOW })];
    expect(plan(present, [priceEntry(dearer)], NOW - 500)).toMatchObject([{ effectiveFromMs: NOW }]);
  });
});
