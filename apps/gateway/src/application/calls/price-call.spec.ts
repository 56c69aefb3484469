import { priceTier, pricesSnapshot, type Price, type ValueOf } from '@ao/contracts';
import { PriceBook, cost, usageOf, type Usage } from '@ao/pricing';
import { picoUsd } from '@ao/kernel';
import type { z } from 'zod';
import type { Provider } from '@ao/router';
import { priceCall, type CallPrice, type CallSize } from './price-call.js';
import type { Route } from './route.js';

const example = pricesSnapshot.value.parse(pricesSnapshot.example) as ValueOf<typeof pricesSnapshot>;
const row: Price = {
  ...example.prices[0]!,
  model: 'm',
  provider: null,
  effectiveFromMs: 0,
  free: false,
  inputPico: picoUsd(1_000_000n),
  cachedInputPico: picoUsd(100_000n),
  cacheWrite5mPico: picoUsd(1_250_000n),
  cacheWrite1hPico: picoUsd(2_000_000n),
  audioInputPico: picoUsd(40_000_000n),
  imageInputPico: null,
  outputPico: picoUsd(4_000_000n),
  reasoningPico: null,
  audioOutputPico: picoUsd(80_000_000n),
  imageOutputPico: picoUsd(30_000_000n),
  contextTokensMax: 128_000,
  outputTokensMax: 16_000,
};
const route = { provider: { name: 'p', vendor: null } as Provider, model: 'm', modelGroup: 'm' } as Route;
const text: CallSize = {
  promptTokensBound: 1_000,
  maxOutputTokens: 100,
  stream: false,
  choices: 1,
  hasOutput: true,
  predictedTokensBound: 0,
  unmeasuredInput: false,
  unitsMax: {},
  mediaOutput: false,
  serviceTiers: [null],
};
const priced = (size: Partial<CallSize> = {}, price: Partial<Price> = {}, model = 'm'): CallPrice => {
  const prices = new PriceBook([{ ...row, ...price, model }]);
  return priceCall({ ...route, model }, { ...text, ...size }, true, prices, 1);
};
const estimate = (size: Partial<CallSize> = {}, price: Partial<Price> = {}): bigint => {
  const { costMax, output } = priced(size, price);
  expect(output.first).toBe(output.max);
  return costMax(output.first);
};
const costOf = (usage: Partial<Usage>): bigint => cost(usageOf(usage), row);

describe('the amount that a call reserves', () => {
  it('[BX-012] covers what is billed by other units, and refuses what no unit of the price is for', () => {
    const units = { inputPico: picoUsd(0n), outputPico: picoUsd(0n), audioInputPico: null, audioOutputPico: null };
    const price = { ...row, ...units, imageOutputPico: null, perOutputImagePico: picoUsd(40_000_000_000n), tiers: [] };
    for (const key of ['cachedInputPico', 'cachedAudioInputPico', 'cacheWrite5mPico', 'cacheWrite1hPico'] as const) {
      price[key] = null;
    }
    expect(estimate({ unitsMax: { outputImages: 3 } }, price)).toBe(120_000_000n);
    expect(() => estimate({ unitsMax: { characters: 3 } }, price)).toThrow(
      expect.objectContaining({ code: 'price_missing' }),
    );
  });

  it.each<[string, Partial<CallSize>, Partial<Usage>]>([
    ['writes its prompt to a cache', {}, { cacheWrite1hTokens: 1_000, outputTokens: 100 }],
    ['is answered by images', {}, { inputTokens: 1_000, imageOutputTokens: 100 }],
    ['holds files and recordings', { unmeasuredInput: true }, { audioInputTokens: 128_000, outputTokens: 100 }],
    ['is answered by speech', { mediaOutput: true }, { inputTokens: 1_000, audioOutputTokens: 100 }],
    ['rejects what was predicted', { predictedTokensBound: 5_000 }, { inputTokens: 1_000, outputTokens: 5_100 }],
    ['gives several answers', { choices: 3 }, { inputTokens: 1_000, reasoningTokens: 300 }],
  ])('[MT-005] covers a call that %s', (_case, size, usage) => {
    expect(estimate(size)).toBeGreaterThanOrEqual(costOf(usage));
  });

  it('does not hold text to the price of speech', () => {
    expect(estimate({}, { imageOutputPico: null })).toBe(costOf({ cacheWrite1hTokens: 1_000, outputTokens: 100 }));
  });

  it('never exceeds the context of the model, and assumes a large one where none is known', () => {
    const [known, unknown] = [128_000, null].map((contextTokensMax) =>
      estimate({ promptTokensBound: 10, unmeasuredInput: true, maxOutputTokens: 1 }, { contextTokensMax }),
    );
    expect(estimate({ promptTokensBound: 900_000, unmeasuredInput: true, maxOutputTokens: 1 })).toBe(known);
    expect(unknown! > known! * 8n).toBe(true);
  });

  it('[BX-011] is that of the service that is asked for, or of the standard one, whichever is dearer', () => {
    const tiers = [
      tier({ serviceTier: 'priority', outputPico: '8000000' }),
      tier({ serviceTier: 'flex', outputPico: '2000000' }),
    ];
    const held = (serviceTiers: CallSize['serviceTiers']) =>
      estimate({ serviceTiers, promptTokensBound: 0 }, { tiers, imageOutputPico: null });
    expect([held([null]), held([null, 'priority']), held([null, 'flex']), held('any')]).toEqual([
      400_000n,
      800_000n,
      400_000n,
      800_000n,
    ]);
  });

  it('[BX-011] is that of a long prompt only where the prompt may be long', () => {
    const tiers = [tier({ promptTokensAbove: 100_000, outputPico: '6000000' })];
    const held = (promptTokensBound: number) =>
      estimate({ promptTokensBound, maxOutputTokens: 1_000 }, { ...cheap, tiers });
    expect([held(100_000), held(100_001)]).toEqual([4_000_000n, 6_000_000n]);
  });

  it('[BX-012] of a flat price is that price, whatever the call', () => {
    const flat = { ...cheap, outputPico: picoUsd(0n), perCallPico: picoUsd(2_000_000_000n) };
    expect(estimate({ unmeasuredInput: true }, flat)).toBe(2_000_000n);
  });

  it('[BX-012] is never nothing: a route without a price is refused, and the refusal names the settings', () => {
    const price = (prices: Price[], charged = true) => priceCall(route, text, charged, new PriceBook(prices), 1);
    const pixels = { ...row, ...cheap, outputPico: picoUsd(0n), perOutputImagePico: picoUsd(1n) };
    for (const prices of [[], [pixels]]) {
      expect(() => price(prices)).toThrow(/POST \/v1\/prices.*per_call_usd.*"free": true.*input_cost_per_request/);
      expect(price(prices, false).costMax(100)).toBe(0n);
    }
    expect(price([{ ...pixels, free: true }]).costMax(100)).toBe(0n);
  });

  it('[BX-003] is a first slice for a stream without a limit, of each answer, and never more than the model can give', () => {
    const open: Partial<CallSize> = { stream: true, maxOutputTokens: null };
    expect(priced(open).output).toEqual({ first: 1_024, max: 16_000 });
    expect(priced({ ...open, choices: 3 }).output).toEqual({ first: 3_072, max: 48_000 });
    expect(priced({ ...open, predictedTokensBound: 50 }).output).toEqual({ first: 1_074, max: 16_050 });
    expect(priced(open, { outputTokensMax: 500 }).output).toEqual({ first: 500, max: 500 });
    expect(priced({ ...open, maxOutputTokens: 9_000, choices: 2 }).output).toEqual({ first: 18_000, max: 18_000 });
  });

  it.each<[string, Partial<CallSize>, Partial<Price>, string]>([
    ['comes whole', { stream: false }, {}, 'm'],
    ['is more than text', { mediaOutput: true }, {}, 'm'],
    ['follows reasoning with a price of its own', {}, { reasoningPico: picoUsd(1n) }, 'm'],
    ['follows reasoning that the model keeps to itself', {}, {}, 'o3-mini'],
  ])('[BX-003] is all that the answer can cost when it %s: nobody could follow it', (_case, size, price, model) => {
    expect(priced({ stream: true, maxOutputTokens: null, ...size }, price, model).output.first).toBe(16_000);
  });
});

const tier = (rates: z.input<typeof priceTier>): Price['tiers'][number] => priceTier.decode(rates);
const cheap: Partial<Price> = {
  inputPico: picoUsd(0n),
  cachedInputPico: null,
  cacheWrite5mPico: null,
  cacheWrite1hPico: null,
  audioInputPico: null,
  audioOutputPico: null,
  imageOutputPico: null,
};
