import { formatUsd, parseUsdPerMillionTokens } from '@ao/kernel';
import fc from 'fast-check';
import { anyPriceRow, priceRow } from './__fixtures__/rows.js';
import { bundledPrices } from './catalogue.js';
import { cost } from './cost.js';
import { estimateMax, OUTPUT_TOKENS_MAX_UNKNOWN } from './estimate.js';
import { PriceBook } from './price-book.js';
import { usageFromOpenAi } from './usage-readers/index.js';
import {
  addUsage,
  INPUT_BUCKETS,
  NO_USAGE,
  OUTPUT_BUCKETS,
  USAGE_BUCKETS,
  usageOf,
  type UsageBucket,
} from './usage.js';

const usd = parseUsdPerMillionTokens;
const tokens = fc.nat({ max: 3_000_000 });

describe('cost', () => {
  it('[MT-004] of 1,000 in and 500 out at set rates is the exact decimal', () => {
    const row = priceRow({ inputPico: usd('2.50'), outputPico: usd('10') });
    expect(formatUsd(cost(usageOf({ inputTokens: 1_000, outputTokens: 500 }), row))).toBe('0.0075');
  });

  it('[MT-004] charges cached input at its own rate, and at the input rate where it has none', () => {
    const usage = usageOf({ inputTokens: 100, cachedInputTokens: 900 });
    expect(formatUsd(cost(usage, priceRow({ cachedInputPico: usd('0.25') })))).toBe('0.000475');
    expect(formatUsd(cost(usage, priceRow()))).toBe('0.0025');
  });

  it('charges each bucket at its own rate', () => {
    const row = priceRow({
      inputPico: usd('1'),
      cachedInputPico: usd('10'),
      cachedAudioInputPico: usd('50'),
      cacheWrite5mPico: usd('100'),
      cacheWrite1hPico: usd('1000'),
      audioInputPico: usd('10000'),
      imageInputPico: usd('100000'),
      outputPico: usd('2'),
      reasoningPico: usd('20'),
      audioOutputPico: usd('200'),
      imageOutputPico: usd('2000'),
    });
    const costOfOne = (bucket: UsageBucket) => formatUsd(cost(usageOf({ [bucket]: 1_000_000 }), row));
    expect(USAGE_BUCKETS.map((bucket) => [bucket, costOfOne(bucket)])).toEqual([
      ['inputTokens', '1'],
      ['cachedInputTokens', '10'],
      ['cachedAudioInputTokens', '50'],
      ['cacheWrite5mTokens', '100'],
      ['cacheWrite1hTokens', '1000'],
      ['audioInputTokens', '10000'],
      ['imageInputTokens', '100000'],
      ['outputTokens', '2'],
      ['reasoningTokens', '20'],
      ['audioOutputTokens', '200'],
      ['imageOutputTokens', '2000'],
    ]);
  });

  it('charges every bucket without a rate of its own like its ordinary counterpart', () => {
    const row = priceRow({ inputPico: usd('1'), outputPico: usd('2') });
    for (const bucket of INPUT_BUCKETS) expect(formatUsd(cost(usageOf({ [bucket]: 1_000_000 }), row))).toBe('1');
    for (const bucket of OUTPUT_BUCKETS) expect(formatUsd(cost(usageOf({ [bucket]: 1_000_000 }), row))).toBe('2');
  });

  it.each([
    [1, 500n, 0n],
    [3, 500n, 2n],
    [1, 501n, 1n],
    [5, 300n, 2n],
  ])('rounds the sum of %i tokens at %i pico-dollars once, half to even, to %i nano-dollars', (count, pico, nano) => {
    const row = priceRow({ inputPico: pico as never });
    expect(cost(usageOf({ inputTokens: count }), row)).toBe(nano);
  });

  it('of a free model is nothing', () => {
    expect(cost(usageOf({ inputTokens: 1_000 }), priceRow({ free: true }))).toBe(0n);
  });

  it.each([
    // A chat answer with cached input and reasoning, from OpenAI's documentation of prompt caching and reasoning.
    [
      'gpt-4o',
      { prompt_tokens: 2006, completion_tokens: 300, prompt_tokens_details: { cached_tokens: 1920 } },
      '0.005615',
    ],
    [
      'gpt-5',
      {
        input_tokens: 75,
        output_tokens: 1186,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens_details: { reasoning_tokens: 1024 },
      },
      '0.01195375',
    ],
    [
      'o3',
      { prompt_tokens: 1_000, completion_tokens: 2_000, completion_tokens_details: { reasoning_tokens: 1_500 } },
      '0.018',
    ],
    ['gpt-4.1-nano', { prompt_tokens: 1, completion_tokens: 1 }, '0.0000005'],
    ['text-embedding-3-small', { prompt_tokens: 8, total_tokens: 8 }, '0.00000016'],
    ['demo-chat', { prompt_tokens: 1_000, completion_tokens: 1_000 }, '0.0005'],
  ])('[MT-004] prices the usage JSON of %s to the exact dollar', (model, json, dollars) => {
    const row = new PriceBook(bundledPrices()).priceAt({ model, provider: 'openai' }, Date.UTC(2026, 6, 1));
    expect(formatUsd(cost(usageFromOpenAi(json)!, row!))).toBe(dollars);
  });
});

describe('estimate before the call', () => {
  it('[MT-005] is the prompt bound and the output limit at the row’s rates', () => {
    expect(formatUsd(estimateMax({ promptTokensBound: 1_000, maxOutputTokens: 500 }, priceRow()))).toBe('0.0075');
  });

  it('[MT-005] takes the model’s output limit where the request sets none', () => {
    const outputOnly = (changes: object) =>
      estimateMax({ promptTokensBound: 0 }, priceRow({ outputPico: usd('1'), ...changes }));
    expect(outputOnly({ outputTokensMax: 4_096, contextTokensMax: 8_192 })).toBe(4_096_000n);
    expect(outputOnly({ contextTokensMax: 8_192 })).toBe(8_192_000n);
    expect(outputOnly({})).toBe(BigInt(OUTPUT_TOKENS_MAX_UNKNOWN) * 1_000n);
  });

  it('[MT-005] holds for a request that can fill only some buckets, and reserves no more for the others', () => {
    fc.assert(
      fc.property(anyPriceRow, tokens, tokens, tokens, (row, input, cached, output) => {
        const usage = usageOf({ inputTokens: input, cachedInputTokens: cached, outputTokens: output });
        const counts = { promptTokensBound: input + cached, maxOutputTokens: output };
        const narrow = estimateMax({ ...counts, buckets: ['inputTokens', 'cachedInputTokens', 'outputTokens'] }, row);
        expect(narrow).toBeGreaterThanOrEqual(cost(usage, row));
        expect(narrow).toBeLessThanOrEqual(estimateMax(counts, row));
      }),
    );
  });

  it('counts every answer that is asked for, rounds up, and reserves nothing for a free model', () => {
    const row = priceRow({ outputPico: 1n as never });
    expect(estimateMax({ promptTokensBound: 0, maxOutputTokens: 1_000, choices: 3 }, row)).toBe(3n);
    expect(estimateMax({ promptTokensBound: 0, maxOutputTokens: 1 }, row)).toBe(1n);
    expect(estimateMax({ promptTokensBound: 9, maxOutputTokens: 9 }, priceRow({ free: true }))).toBe(0n);
  });

  it.each([-1, 1.5, Number.NaN])('refuses the count %d', (count) => {
    expect(() => estimateMax({ promptTokensBound: count }, priceRow())).toThrow(RangeError);
  });
});

describe('usage', () => {
  it('adds up bucket by bucket', () => {
    const sum = addUsage(usageOf({ inputTokens: 1, reasoningTokens: 2 }), usageOf({ inputTokens: 3 }));
    expect(sum).toEqual({ ...NO_USAGE, inputTokens: 4, reasoningTokens: 2 });
  });

  it.each([-1, 0.5, Number.NaN, 2e9])('refuses the count %d', (count) => {
    expect(() => usageOf({ inputTokens: count })).toThrow(RangeError);
  });
});
