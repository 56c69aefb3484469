import type { PriceTier } from '@ao/contracts';
import { picoUsd, type PicoUsd } from '@ao/kernel';
import { picoFromDecimal } from '../decimal.js';
import { RATE_NAMES, type RateName } from '../rates.js';
import { isObject } from '../usage-readers/reported.js';
import { parseField } from './fields.js';

export type Rates = Partial<Record<RateName, PicoUsd>>;

/** The rates of an entry: base ones, and what differs from them by service and length of the prompt. */
export interface RateSheets {
  base: Rates;
  tiers: PriceTier[];
}

/** Thrown for a price that cannot be one. */
export class MalformedPrice extends Error {}

type Info = Readonly<Record<string, unknown>>;

/** Rates by service and length, as they are found. */
class Sheets {
  private readonly sheets = new Map<string, { serviceTier: string | null; promptTokensAbove: number; rates: Rates }>();

  at(serviceTier: string | null, promptTokensAbove: number): Rates {
    const key = `${serviceTier ?? ''}>${promptTokensAbove}`;
    const sheet = this.sheets.get(key) ?? { serviceTier, promptTokensAbove, rates: {} };
    this.sheets.set(key, sheet);
    return sheet.rates;
  }

  /** What a long prompt at a service leaves open is as for long prompts, else as for the service. */
  toTiers(): PriceTier[] {
    const found = [...this.sheets.values()].filter(
      (sheet) => sheet.serviceTier !== null || sheet.promptTokensAbove > 0,
    );
    return found.map(({ serviceTier, promptTokensAbove, rates }) => {
      if (serviceTier === null || promptTokensAbove === 0) return tier(serviceTier, promptTokensAbove, rates);
      const open = { ...this.at(serviceTier, 0), ...this.at(null, promptTokensAbove) };
      return tier(serviceTier, promptTokensAbove, { ...open, ...rates });
    });
  }
}

function tier(serviceTier: string | null, promptTokensAbove: number, rates: Rates): PriceTier {
  const all = Object.fromEntries(RATE_NAMES.map((name) => [name, rates[name] ?? null]));
  return { serviceTier, promptTokensAbove, ...all } as PriceTier;
}

/** @throws MalformedPrice */
export function readRateSheets(info: Info): RateSheets {
  const sheets = new Sheets();
  for (const [name, value] of Object.entries(info)) {
    const field = parseField(name);
    if (!field || value == null) continue;
    const rates = sheets.at(field.serviceTier, field.promptTokensAbove);
    if (field.isFirst || rates[field.rate] === undefined) rates[field.rate] = pico(name, value);
  }
  readRanges(info['tiered_pricing'], sheets);
  readSearches(info, sheets);
  readMultipliers(info['provider_specific_entry'], sheets);
  return { base: sheets.at(null, 0), tiers: sheets.toTiers() };
}

/** `[{range: [0, 256000], input_cost_per_token, …}, …]`: one price per length of prompt. */
function readRanges(ranges: unknown, sheets: Sheets): void {
  for (const range of Array.isArray(ranges) ? ranges : []) {
    if (!isObject(range) || !Array.isArray(range['range'])) throw new MalformedPrice('tiered_pricing is malformed');
    const above = Number(range['range'][0]);
    if (!Number.isSafeInteger(above) || above < 0) throw new MalformedPrice('tiered_pricing is malformed');
    for (const [name, value] of Object.entries(range)) {
      const field = parseField(name);
      if (field && value != null) sheets.at(null, above)[field.rate] = pico(name, value);
    }
  }
}

/** Searches cost by their context: with Perplexity a fee per call, elsewhere per search, mostly the same for all. */
function readSearches(info: Info, sheets: Sheets): void {
  const table = info['search_context_cost_per_query'];
  if (!isObject(table)) return;
  const rateOfSize = (size: string): PicoUsd | null => {
    const name = `search_context_size_${size}`;
    return table[name] == null ? null : pico(name, table[name]);
  };
  const sizes = ['low', 'medium', 'high'] as const;
  const rates = sizes.map(rateOfSize);
  if (info['litellm_provider'] !== 'perplexity') {
    sheets.at(null, 0).perSearchPico = picoUsd(
      rates.reduce<bigint>((most, rate) => (rate && rate > most ? rate : most), 0n),
    );
    return;
  }
  sizes.forEach((size, index) => {
    const rate = rates[index];
    if (rate) sheets.at(size === 'low' ? null : `search-${size}`, 0).perCallPico = rate;
  });
}

/** `{us: 1.1, fast: 6}`: Anthropic's services as multiples of the base, both together multiplied. */
function readMultipliers(entry: unknown, sheets: Sheets): void {
  if (!isObject(entry)) return;
  const us = multiplier(entry['us']);
  const fast = multiplier(entry['fast']);
  if (us) multiply(sheets, 'us', [us]);
  if (fast) multiply(sheets, 'fast', [fast]);
  if (us && fast) multiply(sheets, 'fast-us', [fast, us]);
}

/** Multiplied as pico-dollars of one dollar, so that 1.1 is exactly that. */
const ONE = 10n ** 12n;

function multiplier(value: unknown): bigint | null {
  return value == null ? null : picoFromDecimal(value);
}

function multiply(sheets: Sheets, serviceTier: string, factors: readonly bigint[]): void {
  const rates = sheets.at(serviceTier, 0);
  for (const [name, rate] of Object.entries(sheets.at(null, 0)) as [RateName, PicoUsd][]) {
    if (name.startsWith('per')) continue;
    const divisor = ONE ** BigInt(factors.length);
    const product = factors.reduce((part, factor) => part * factor, rate as bigint);
    // Up: no rate is finer than a pico-dollar, and too little is worse.
    rates[name] = picoUsd((product + divisor - 1n) / divisor);
  }
}

function pico(name: string, value: unknown): PicoUsd {
  const rate = picoFromDecimal(value);
  if (rate === null) throw new MalformedPrice(`${name} is no price`);
  return rate;
}
