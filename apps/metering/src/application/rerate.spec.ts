import { requestLogRow, usageRecordExample, type RequestLogRow, type UsageAttempt } from '@ao/contracts';
import { nanoUsd, picoUsd } from '@ao/kernel';
import { NO_USAGE, PriceBook, cost, usageOf } from '@ao/pricing';
import fc from 'fast-check';
import { priceEntry } from '../domain/__fixtures__/prices.js';
import { PriceHistory } from '../domain/price-history.js';
import type { PriceEntry } from '../domain/price.js';
import { resolvePrices } from '../domain/resolve-prices.js';
import { costOfCall } from './authoritative-cost.js';
import { rerate } from './rerate.js';

const call = (changes: Partial<RequestLogRow> = {}): RequestLogRow => ({
  ...requestLogRow.decode(usageRecordExample),
  provider: 'mine',
  model: 'm',
  modelGroup: 'group',
  priceId: 'old',
  usage: usageOf({ inputTokens: 1_000 }),
  cost: nanoUsd(5n),
  ...changes,
});
const attempt = (changes: Partial<UsageAttempt>): UsageAttempt => ({
  provider: 'mine',
  deploymentId: null,
  model: 'm',
  priceId: null,
  status: 200,
  errorCode: null,
  usage: NO_USAGE,
  usageSource: 'provider',
  cost: nanoUsd(0n),
  startedAtMs: 10,
  durationMs: 1,
  ...changes,
});
const row = (id: string, nanoPerThousand: bigint, changes: Partial<PriceEntry> = {}): PriceEntry =>
  priceEntry({ id, inputPico: picoUsd(nanoPerThousand), outputPico: picoUsd(0n), ...changes });
const history = (...rows: PriceEntry[]): PriceHistory => new PriceHistory(rows);

describe('re-rating a call', () => {
  it('[BX-010] uses the price in force for its time and keeps what was charged at first', () => {
    const prices = history(row('old', 5n), row('new', 7n, { origin: 'api' }));
    const outcome = rerate(call(), prices);
    expect(outcome).toMatchObject({ kind: 'changed', call: { cost: 7n, originalCost: 5n, priceId: 'new' } });
  });

  it.each([
    ['the vendor that the report names', { vendor: 'openai' }, [row('new', 7n, { provider: 'openai' })], 7n],
    [
      'the vendor of the row that was charged',
      { priceId: 'vendor~2' },
      [row('vendor', 5n, { provider: 'openai' }), row('new', 7n, { provider: 'openai', origin: 'api' })],
      7n,
    ],
    ['the provider’s own name', {}, [row('new', 7n, { provider: 'mine' })], 7n],
    ['the name that callers use, last', {}, [row('new', 7n, { model: 'group' })], 7n],
  ] as const)('[BX-010] looks the price up by %s', (_by, changes, rows, expected) => {
    expect(rerate(call(changes), history(...rows))).toMatchObject({ kind: 'changed', call: { cost: expected } });
  });

  it.each([
    ['the caller’s own key paid', { ownKey: true, cost: nanoUsd(0n) }, 'same'],
    ['nothing was consumed', { usageSource: 'none' as const, usage: NO_USAGE, cost: nanoUsd(0n) }, 'same'],
    ['the price did not hold yet', { startedAtMs: 0 }, 'unpriced'],
    [
      'one attempt has no price',
      { attempts: [attempt({ usage: usageOf({ inputTokens: 1 }), model: 'unknown' })], modelGroup: null },
      'unpriced',
    ],
    ['it would cost more than a call can', { usage: usageOf({ inputTokens: 1_000_000_000 }) }, 'unpriced'],
  ])('[BX-010] leaves a call alone when %s', (_when, changes, kind) => {
    const prices = history(row('new', 10n ** 15n, { effectiveFromMs: 1 }));
    expect(rerate(call(changes), prices)).toEqual({ kind });
  });

  it('goes back to the row before when a price ended', () => {
    const end = row('end', 0n, { origin: 'config', retired: true, effectiveFromMs: 100 });
    const prices = history(row('old', 5n), row('config', 9n, { origin: 'config', effectiveFromMs: 50 }), end);
    const costAt = (startedAtMs: number): unknown => rerate(call({ startedAtMs, cost: nanoUsd(1n) }), prices);
    expect(costAt(49)).toMatchObject({ call: { priceId: 'old' } });
    expect(costAt(99)).toMatchObject({ call: { priceId: 'config' } });
    expect(costAt(100)).toMatchObject({ call: { priceId: 'old' } });
  });

  it('[BX-010] knows the price that gateways are told, and changes nothing the second time', () => {
    const rows = fc.array(
      fc.record({
        origin: fc.constantFrom('api' as const, 'config' as const, 'catalogue' as const),
        provider: fc.constantFrom(null, 'a', 'b'),
        effectiveFromMs: fc.nat(100),
        rate: fc.bigInt(0n, 1_000n),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(
        rows,
        fc.constantFrom('a', 'b', 'c'),
        fc.integer({ min: 50, max: 120 }),
        (changes, provider, atMs) => {
          const entries = changes.map(({ rate, ...change }, index) => row(`row_${index}`, rate, change));
          const told = new PriceBook(resolvePrices(entries, 50)).priceAt({ model: 'm', provider }, atMs);
          const prices = history(...entries);
          const outcome = rerate(
            call({ provider, startedAtMs: atMs, modelGroup: null, cost: nanoUsd(123_456n) }),
            prices,
          );
          if (!told) return expect(outcome.kind).toBe('unpriced');
          expect(outcome).toMatchObject({
            kind: 'changed',
            call: { cost: cost(usageOf({ inputTokens: 1_000 }), told) },
          });
          if (outcome.kind === 'changed') expect(rerate(outcome.call, prices)).toEqual({ kind: 'same' });
        },
      ),
    );
  });
});

describe('a call of several attempts', () => {
  it('[BX-010] costs the sum of its attempts, each by its own price, when it comes and when it is re-rated', () => {
    const use = fc.record({ tokens: fc.nat(1_000_000), was: fc.bigInt(0n, 10n ** 9n), is: fc.bigInt(0n, 10n ** 9n) });
    fc.assert(
      fc.property(fc.array(use, { minLength: 1, maxLength: 20 }), (uses) => {
        const attempts = uses.map(({ tokens }, at) =>
          attempt({
            model: `m${at}`,
            priceId: `was_${at}~3`,
            usage: usageOf({ inputTokens: tokens }),
            cost: nanoUsd(999n),
          }),
        );
        const was = uses.map((of, at) => row(`was_${at}`, of.was, { model: `m${at}` }));
        const is = uses.map((of, at) => row(`is_${at}`, of.is, { model: `m${at}`, origin: 'api' }));
        const sumOf = (rates: 'was' | 'is'): bigint =>
          uses.reduce((sum, of) => sum + cost(usageOf({ inputTokens: of.tokens }), row('p', of[rates])), 0n);
        const report = call({ attempts, cost: nanoUsd(1n) });
        const recorded = {
          ...report,
          ...costOfCall(report, ({ priceId }) => was.find(({ id }) => `${id}~3` === priceId)),
        };
        expect(recorded.cost).toBe(sumOf('was'));
        expect(recorded.attempts!.reduce((sum, { cost: of }) => sum + of, 0n)).toBe(recorded.cost);
        const outcome = rerate(recorded, history(...was, ...is));
        const rerated = outcome.kind === 'changed' ? outcome.call : recorded;
        expect(rerated.cost).toBe(sumOf('is'));
        expect(rerated.attempts!.reduce((sum, { cost: of }) => sum + of, 0n)).toBe(rerated.cost);
      }),
    );
  });

  it.each([
    [['price', 'none'], 'price'],
    [['price', 'reported'], 'reported'],
    [['reported', 'unpriced'], 'unpriced'],
  ])('rests on the weakest of %j', (bases, expected) => {
    const of: Record<string, Partial<UsageAttempt>> = {
      price: { priceId: 'known' },
      reported: { priceId: 'lost' },
      unpriced: { priceId: null },
      none: { usageSource: 'none' },
    };
    const attempts = bases.map((basis) => attempt({ usage: usageOf({ inputTokens: 1 }), ...of[basis] }));
    const known = row('known', 1n);
    const priced = costOfCall(call({ attempts }), ({ priceId }) => (priceId === 'known' ? known : undefined));
    expect(priced.costBasis).toBe(expected);
  });
});
