import { price } from '@ao/contracts';
import { formatUsdPerMillionTokens, parseUsdPerMillionTokens } from '@ao/kernel';
import { bundledPrices, parseCatalogue } from './catalogue.js';
import { PriceBook } from './price-book.js';
import { RATE_NAMES, rateOf, tierOf } from './rates.js';
import { USAGE_FIELDS, type Usage } from './usage.js';

const usd = parseUsdPerMillionTokens;

describe('bundled catalogue', () => {
  const rows = bundledPrices();
  const book = new PriceBook(rows);

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

  it('[BX-011] is plausible in every row and tier', () => {
    const faults = rows.flatMap((row) =>
      [undefined, ...row.tiers].flatMap((tier) => {
        const rate = (field: keyof Usage) => rateOf(field, row, tier);
        const wrong = [
          RATE_NAMES.some((name) => ((tier ?? row)[name] ?? 0n) < 0n) && 'negative',
          rate('cachedInputTokens') > rate('inputTokens') && 'cached input dearer than input',
          rate('cacheWrite5mTokens') > rate('cacheWrite1hTokens') && 'a short cache write dearer than a long one',
          tier !== undefined && tier.serviceTier === null && tier.promptTokensAbove === 0 && 'a tier for everything',
          rate('inputTokens') > usd('1000') && 'dearer than any',
        ];
        return wrong.flatMap((fault) => (fault === false ? [] : [`${row.id} ${tier?.serviceTier ?? ''}: ${fault}`]));
      }),
    );
    expect(faults).toEqual([]);
  });

  it('[BX-011] gives nothing away: what is not marked free has a rate, and long prompts cost no less', () => {
    const priceless = rows.filter((row) => !row.free && RATE_NAMES.every((name) => !row[name]));
    expect(priceless).toEqual([]);
    const cheaper = rows.filter((row) =>
      row.tiers.some((tier) => {
        if (tier.promptTokensAbove === 0) return false;
        const short = tierOf(row, tier.serviceTier, tier.promptTokensAbove);
        return USAGE_FIELDS.some((field) => rateOf(field, row, tier) < rateOf(field, row, short));
      }),
    );
    expect(cheaper.map(({ id }) => id)).toEqual([]);
  });

  it('knows how much a prompt and an answer can hold, within reason, and beyond its own thresholds', () => {
    const limits = rows.flatMap((row) => [row.contextTokensMax ?? 1, row.outputTokensMax ?? 1]);
    expect(limits.every((limit) => limit >= 1 && limit <= 20_000_000)).toBe(true);
    const short = rows.filter(({ contextTokensMax, tiers }) =>
      tiers.some(({ promptTokensAbove }) => contextTokensMax !== null && contextTokensMax <= promptTokensAbove),
    );
    expect(short.map(({ id }) => id)).toEqual([]);
  });

  it.each([
    ['anthropic', 'claude-opus-5-5', '4', '20', '0.2'],
    ['anthropic', 'claude-sonnet-4-6', '3', '15', '0.3'],
    ['anthropic', 'claude-sonnet-5-5', '2', '10', '0.1'],
    ['azure', 'gpt-4o', '2.5', '10', '1.25'],
    ['bedrock', 'anthropic.claude-sonnet-4-6', '3', '15', '0.3'],
    ['cerebras', 'gpt-oss-120b', '0.35', '0.75', null],
    ['cohere', 'command-a-03-2025', '2.5', '10', null],
    ['deepseek', 'deepseek-chat', '0.28', '0.42', '0.028'],
    ['gemini', 'gemini-2.5-flash', '0.3', '2.5', '0.03'],
    ['gemini', 'gemini-3.8-flash', '0.75', '3.75', '0.075'],
    ['groq', 'llama-3.3-70b-versatile', '0.59', '0.79', null],
    ['mistral', 'mistral-large-2512', '0.5', '1.5', '0.05'],
    ['openai', 'gpt-6.1-sol', '2', '10', '0.1'],
    ['perplexity', 'sonar', '1', '1', null],
    ['together_ai', 'meta-llama/Llama-3.3-70B-Instruct-Turbo', '0.88', '0.88', null],
    ['vertex_ai', 'gemini-2.5-pro', '1.25', '10', '0.125'],
    ['xai', 'grok-4.5', '2', '6', '0.5'],
  ])('[BX-011] prices %s/%s as its provider documents it', (provider, model, input, output, cached) => {
    const row = book.priceAt({ provider, model }, Date.UTC(2026, 10, 1))!;
    const rates = [row.inputPico, row.outputPico, row.cachedInputPico];
    expect(rates.map((rate) => rate && formatUsdPerMillionTokens(rate))).toEqual([input, output, cached]);
  });

  it('[BX-011] follows prices that change on a date', () => {
    const cachedAt = (atMs: number) =>
      book.priceAt({ provider: 'anthropic', model: 'claude-sonnet-5-5' }, atMs)!.cachedInputPico;
    expect(cachedAt(Date.UTC(2026, 9, 6))).toBe(usd('0.2'));
    expect(cachedAt(Date.UTC(2026, 9, 7))).toBe(usd('0.1'));
    const flash = (atMs: number) => book.priceAt({ provider: 'gemini', model: 'gemini-3.8-flash' }, atMs)!.inputPico;
    expect(flash(Date.UTC(2027, 0, 1)) / flash(Date.UTC(2026, 11, 31))).toBe(2n);
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
