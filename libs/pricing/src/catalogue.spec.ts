import { price } from '@ao/contracts';
import { formatUsdPerMillionTokens } from '@ao/kernel';
import fc from 'fast-check';
import { bundledPrices, parseCatalogue } from './catalogue.js';
import { picoFromDecimal } from './decimal.js';
import { priceRowFromLiteLlm, unpricedLiteLlmFields } from './litellm.js';
import { PriceBook } from './price-book.js';

const origin = { id: 'prc_1', effectiveFromMs: 0, source: 'test' };

describe('bundled catalogue', () => {
  const rows = bundledPrices();

  it('holds rows of the contract, with distinct ids', () => {
    expect(new PriceBook(rows).size).toBe(rows.length);
    for (const row of rows) expect(price.decode(price.encode(row))).toEqual(row);
  });

  it.each([
    ['gpt-4o', '2.5', '10', '1.25'],
    ['gpt-4o-mini-2024-07-18', '0.15', '0.6', '0.075'],
    ['gpt-4.1', '2', '8', '0.5'],
    ['gpt-5', '1.25', '10', '0.125'],
    ['gpt-5-nano', '0.05', '0.4', '0.005'],
    ['o3', '2', '8', '0.5'],
    ['o4-mini', '1.1', '4.4', '0.275'],
    ['text-embedding-3-small', '0.02', '0', null],
    ['text-embedding-3-large', '0.13', '0', null],
  ])('prices %s', (model, input, output, cached) => {
    const row = new PriceBook(rows).priceAt({ model, provider: 'openai' }, Date.UTC(2026, 6, 1))!;
    expect(formatUsdPerMillionTokens(row.inputPico)).toBe(input);
    expect(formatUsdPerMillionTokens(row.outputPico)).toBe(output);
    expect(row.cachedInputPico && formatUsdPerMillionTokens(row.cachedInputPico)).toBe(cached);
  });

  it.each(['demo-chat', 'demo-embedding'])('prices %s at any provider, and not at nothing', (model) => {
    const row = new PriceBook(rows).priceAt({ model, provider: 'whatever' }, Date.UTC(2026, 0, 1))!;
    expect(row.inputPico).toBeGreaterThan(0n);
    expect(row.free).toBe(false);
  });

  it('names every field at fault', () => {
    const entry = { model: 'm', effective_from: '2026-13-01', input_usd: 2.5, output_usd: '-1', typo_usd: '1' };
    const parse = () => parseCatalogue({ provider: null, source: 's', source_date: '2026-01-01', prices: [entry] });
    for (const field of ['effective_from', 'input_usd', 'output_usd', 'typo_usd']) expect(parse).toThrow(field);
  });
});

describe('decimal prices', () => {
  it.each([
    [2.5e-6, 2_500_000n],
    ['2.5e-06', 2_500_000n],
    [7.5e-8, 75_000n],
    [0.00001, 10_000_000n],
    [1.1e-6, 1_100_000n],
    ['0.000003125', 3_125_000n],
    ['1.9999999999999998e-06', 2_000_000n],
    [0, 0n],
    [1, 1_000_000_000_000n],
    [4e-13, 0n],
    [5e-13, 1n],
  ])('reads %j dollars per token as %i pico-dollars', (value, pico) => {
    expect(picoFromDecimal(value)).toBe(pico);
  });

  it.each([
    -1e-6,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '',
    'free',
    '1,5',
    '1e999',
    '9'.repeat(65),
    1e9,
    null,
    true,
    {},
  ])('refuses %p', (value) => {
    expect(picoFromDecimal(value)).toBeNull();
  });

  it('reads every whole number of pico-dollars back from its dollar float', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), (pico) => {
        expect(picoFromDecimal(Number(`${pico}e-12`))).toBe(BigInt(pico));
      }),
    );
  });
});

describe('LiteLLM price table', () => {
  it('gives an exact row from its floats', () => {
    const info = {
      litellm_provider: 'anthropic',
      mode: 'chat',
      input_cost_per_token: 3e-6,
      output_cost_per_token: 1.5e-5,
      cache_read_input_token_cost: 3e-7,
      cache_creation_input_token_cost: 3.75e-6,
      cache_creation_input_token_cost_above_1hr: 6e-6,
      max_input_tokens: 200_000,
      max_output_tokens: 64_000,
    };
    const row = priceRowFromLiteLlm('anthropic/claude-sonnet-4-5', info, origin)!;
    expect(row).toMatchObject({
      id: 'prc_1',
      model: 'claude-sonnet-4-5',
      provider: 'anthropic',
      inputPico: 3_000_000n,
      outputPico: 15_000_000n,
      cachedInputPico: 300_000n,
      cacheWrite5mPico: 3_750_000n,
      cacheWrite1hPico: 6_000_000n,
      reasoningPico: null,
      free: false,
      contextTokensMax: 200_000,
      outputTokensMax: 64_000,
    });
    expect(price.decode(price.encode(row))).toEqual(row);
  });

  it('takes an output limit for no limit of the prompt, which would be reserved too low', () => {
    const info = { input_cost_per_token: 3e-6, output_cost_per_token: 1.5e-5, max_tokens: 4_096 };
    expect(priceRowFromLiteLlm('m', info, origin)).toMatchObject({ contextTokensMax: null, outputTokensMax: 4_096 });
  });

  it('marks a model free only when nothing of it costs anything', () => {
    const nothing = { input_cost_per_token: 0, output_cost_per_token: 0 };
    expect(priceRowFromLiteLlm('local', nothing, origin)?.free).toBe(true);
    expect(priceRowFromLiteLlm('painter', { ...nothing, output_cost_per_image: 0.04 }, origin)).toBeNull();
  });

  it.each([
    [{}],
    [{ input_cost_per_second: 0.0001 }],
    [{ input_cost_per_token: -1, output_cost_per_token: 1e-6 }],
    [{ input_cost_per_token: 1e-6, output_cost_per_token: 'cheap' }],
  ])('gives no row for %j', (info) => {
    expect(priceRowFromLiteLlm('m', info, origin)).toBeNull();
  });

  it('names the prices that it leaves out', () => {
    const info = {
      input_cost_per_token: 1e-6,
      input_cost_per_token_above_200k_tokens: 2e-6,
      output_cost_per_image: 0,
      mode: 'chat',
    };
    expect(unpricedLiteLlmFields(info)).toEqual(['input_cost_per_token_above_200k_tokens']);
  });
});
