import { pricesSnapshot, type Price, type ValueOf } from '@ao/contracts';
import { PriceBook, cost, usageOf, type Usage } from '@ao/pricing';
import { picoUsd } from '@ao/kernel';
import type { Provider } from '../routing-table.js';
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
  mediaOutput: false,
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
