import { AppError, ZERO_USD, type NanoUsd } from '@ao/kernel';
import {
  USAGE_BUCKETS,
  USAGE_QUANTITIES,
  estimateMax,
  type EstimateInput,
  maxOutputTokensOf,
  type PriceBook,
  type PriceRow,
  type Usage,
  type UsageBucket,
} from '@ao/pricing';
import { reasonsUnseen } from '@ao/tokens';
import type { Route } from './route.js';

/** What the size of a request says about its cost. */
export interface CallSize {
  /** Never below the number of prompt tokens, but for unmeasured input. */
  promptTokensBound: number;
  maxOutputTokens: number | null;
  stream: boolean;
  choices: number;
  /** Embeddings generate nothing. */
  hasOutput: boolean;
  /** What may be billed as generated beside each answer. */
  predictedTokensBound: number;
  /** The prompt holds sound, files and the like, which may fill the model's whole context. */
  unmeasuredInput: boolean;
  /** The answer need not be text. */
  mediaOutput: boolean;
  /** The most that it can consume of what is not counted in tokens. */
  unitsMax: Partial<Usage>;
  /** The services that the provider may serve it by. */
  serviceTiers: NonNullable<EstimateInput['serviceTiers']>;
}

export interface CallPrice {
  /** Undefined only where nothing is charged. */
  row: PriceRow | undefined;
  /** Of one answer. */
  maxOutputTokens: number;
  output: OutputTokens;
  /** The most that the call can cost with so many output tokens; 0 where nothing is charged. */
  costMax: (outputTokens: number) => NanoUsd;
}

/** Of all answers of a call together, with what may be billed beside them. */
interface OutputTokens {
  max: number;
  /** What is reserved for at first: all, but for a stream that sets no limit. It is extended while it runs (BX-003). */
  first: number;
}

type PricedRoute = Pick<Route, 'provider' | 'model' | 'modelGroup'>;

/** Assumed for unmeasured input where the price row names no context: the largest in the market. */
const CONTEXT_TOKENS_MAX_UNKNOWN = 1_048_576;
/** More than most answers have, and little enough for a nearly empty wallet. */
const FIRST_TOKENS = 1_024;

/**
 * Finds the price in force and the most that the call can cost by it.
 * @throws AppError `price_missing` when somebody must pay and there is no price, or none that applies: nothing bypasses a
 * budget.
 */
export function priceCall(
  route: PricedRoute,
  size: CallSize,
  charged: boolean,
  prices: PriceBook,
  nowMs: number,
): CallPrice {
  const { name, vendor } = route.provider;
  const provider = vendor ?? name;
  // A deployment may rename the model; its group's name is the last resort.
  const row =
    prices.priceAt({ model: route.model, provider }, nowMs) ??
    (route.modelGroup === null ? undefined : prices.priceAt({ model: route.modelGroup, provider }, nowMs));
  if (!row && charged) throw priceMissing(route, 'no price');
  const maxOutputTokens = row && size.hasOutput ? maxOutputTokensOf(size.maxOutputTokens, row) : 0;
  const output = outputTokens(
    size,
    maxOutputTokens,
    reasonsUnseen(route.model) || (row !== undefined && pricesReasoning(row)),
  );
  if (!row || !charged) {
    return {
      row,
      maxOutputTokens: row ? maxOutputTokens : (size.maxOutputTokens ?? 0),
      output,
      costMax: () => ZERO_USD,
    };
  }
  const known = {
    promptTokensBound: promptTokensMax(size, row),
    buckets: bucketsOf(size),
    quantities: quantitiesOf(size),
    serviceTiers: size.serviceTiers,
  };
  const costMax = (tokens: number): NanoUsd => estimateMax({ ...known, maxOutputTokens: tokens }, row);
  if (costMax(output.max) === ZERO_USD && !row.free) {
    throw priceMissing(route, 'a price, but none that such a call is billed by,');
  }
  return { row, maxOutputTokens, output, costMax };
}

/** Of what asks for nothing that costs. */
export const FREE: CallPrice = {
  row: undefined,
  maxOutputTokens: 0,
  output: { max: 0, first: 0 },
  costMax: () => ZERO_USD,
};

const pricesReasoning = ({ reasoningPico, tiers }: PriceRow): boolean =>
  [{ reasoningPico }, ...tiers].some((rates) => rates.reasoningPico !== null);

/** Names the settings, for who can set them. */
function priceMissing({ model, provider }: PricedRoute, fact: string): AppError {
  const message =
    `There is ${fact} for the model ${JSON.stringify(model)} of ${provider.name}. Set one with POST /v1/prices ` +
    '(per token, or per_call_usd for a flat cost), mark it free there with "free": true, or give it ' +
    'input_cost_per_token or input_cost_per_request in AO_CONFIG.';
  return new AppError('price_missing', message, { param: 'model' });
}

/** What is not text, or reasoned in silence, cannot be followed while it comes: all of it is reserved at once. */
function outputTokens(size: CallSize, maxOutputTokens: number, isSilent: boolean): OutputTokens {
  const { choices, predictedTokensBound, stream, mediaOutput } = size;
  const max = (maxOutputTokens + predictedTokensBound) * choices;
  const isFollowed = stream && size.maxOutputTokens === null && !mediaOutput && !isSilent;
  const first = isFollowed ? (FIRST_TOKENS + predictedTokensBound) * choices : max;
  return { max, first: Math.min(first, max) };
}

function promptTokensMax({ promptTokensBound, unmeasuredInput }: CallSize, { contextTokensMax }: PriceRow): number {
  if (unmeasuredInput) return contextTokensMax ?? Math.max(promptTokensBound, CONTEXT_TOKENS_MAX_UNKNOWN);
  return Math.min(promptTokensBound, contextTokensMax ?? Infinity);
}

/** All that the call can fill. Without sound it is not reserved at audio rates: that would refuse what could be paid. */
function bucketsOf({ unmeasuredInput, mediaOutput }: CallSize): UsageBucket[] {
  return USAGE_BUCKETS.filter(
    (bucket) => (!SOUND_INPUT.has(bucket) || unmeasuredInput) && (bucket !== 'audioOutputTokens' || mediaOutput),
  );
}

/** One call, and all that it can consume that is not counted in tokens. */
const quantitiesOf = ({ unitsMax }: CallSize): NonNullable<EstimateInput['quantities']> => ({
  calls: 1,
  ...Object.fromEntries(USAGE_QUANTITIES.flatMap((name) => (unitsMax[name] ? [[name, unitsMax[name]]] : []))),
});

const SOUND_INPUT: ReadonlySet<UsageBucket> = new Set(['audioInputTokens', 'cachedAudioInputTokens']);
