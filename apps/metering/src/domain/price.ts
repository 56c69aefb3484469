import type { PicoUsd } from '@ao/kernel';

/** Pico-dollars per token; null: that of the ordinary counterpart. */
export interface Rates {
  inputPico: PicoUsd;
  outputPico: PicoUsd;
  cachedInputPico: PicoUsd | null;
  cacheWrite5mPico: PicoUsd | null;
  cacheWrite1hPico: PicoUsd | null;
  reasoningPico: PicoUsd | null;
  audioInputPico: PicoUsd | null;
  audioOutputPico: PicoUsd | null;
  imageInputPico: PicoUsd | null;
  imageOutputPico: PicoUsd | null;
}

/** What a model costs from a time on. */
export interface Price extends Rates {
  id: string;
  model: string;
  /** Null: for this model at any provider. */
  provider: string | null;
  effectiveFromMs: number;
  free: boolean;
  contextTokensMax: number | null;
  outputTokensMax: number | null;
  /** For people: where the price was taken from. */
  source: string;
}

export const RATE_NAMES = [
  'inputPico',
  'outputPico',
  'cachedInputPico',
  'cacheWrite5mPico',
  'cacheWrite1hPico',
  'reasoningPico',
  'audioInputPico',
  'audioOutputPico',
  'imageInputPico',
  'imageOutputPico',
] as const satisfies readonly (keyof Rates)[];

/** Who said so. The first that has a price for a model at a time wins. */
export const PRICE_ORIGINS = ['api', 'config', 'catalogue'] as const;
export type PriceOrigin = (typeof PRICE_ORIGINS)[number];

/** A row of the price table, which only ever grows. */
export interface PriceEntry extends Price {
  origin: PriceOrigin;
  /** From this row on, its origin has no price for the model. */
  retired: boolean;
}

/** Prices hold for everyone, so only who runs the platform may set them: the admins of its first organisation. */
export const PLATFORM_ORGANISATION_ID = 'org_default';

/** A million dollars per token: above it stands a mistake, not a price. */
const RATE_PICO_MAX = 10n ** 18n;

/** The rate that cannot be right, if any: negative or absurdly high. */
export function wrongRate(rates: Rates): keyof Rates | undefined {
  return RATE_NAMES.find((name) => {
    const rate = rates[name];
    return rate !== null && (rate < 0n || rate > RATE_PICO_MAX);
  });
}

/** Whether two rows say the same of one model, apart from when and who says it. */
export function saysTheSame(left: Price, right: Price): boolean {
  return (
    RATE_NAMES.every((name) => left[name] === right[name]) &&
    left.free === right.free &&
    left.contextTokensMax === right.contextTokensMax &&
    left.outputTokensMax === right.outputTokensMax
  );
}

const STRETCH_SUFFIX = /~\d+$/;

/** The id under which a row is published for the n-th stretch of time in which it is in force. */
export const stretchId = (rowId: string, stretch: number): string => (stretch === 1 ? rowId : `${rowId}~${stretch}`);

/** The row behind a published price: usage records name the published one. */
export const rowIdOf = (publishedId: string): string => publishedId.replace(STRETCH_SUFFIX, '');
