import { RATE_NAMES, type PriceRow, type RateName } from '@ao/pricing';

/** What a model costs from a time on. */
export type Price = PriceRow;

type Tier = Price['tiers'][number];
type Rates = Record<RateName, Price[RateName]>;

/** Who said so. The first that has a price for a model at a time wins. */
export const PRICE_ORIGINS = ['api', 'config', 'import', 'catalogue'] as const;
export type PriceOrigin = (typeof PRICE_ORIGINS)[number];

/** A row of the price table, which only ever grows. */
export interface PriceEntry extends Price {
  origin: PriceOrigin;
  /** From this row on, its origin has no price for the model. */
  retired: boolean;
}

/** Prices hold for everyone, so only who runs the platform may set them: the admins of its first organisation. */
export const PLATFORM_ORGANISATION_ID = 'org_default';

/** A million dollars for one: above it stands a mistake, not a price. */
const RATE_PICO_MAX = 10n ** 18n;

/** What cannot be right about a price, and where; null when nothing is. */
export function faultOf(price: Pick<Price, RateName | 'tiers' | 'free'>): { param: string; message: string } | null {
  return wrongRate(price) ?? wrongTier(price.tiers) ?? pricelessness(price);
}

function wrongRate(rates: Rates, path = ''): { param: string; message: string } | null {
  const name = RATE_NAMES.find((candidate) => isWrong(rates[candidate]));
  return name === undefined
    ? null
    : { param: `${path}${name}`, message: 'A rate must lie between 0 and 1000000 dollars for one token or unit.' };
}

const isWrong = (rate: bigint | null): boolean => rate !== null && (rate < 0n || rate > RATE_PICO_MAX);

function wrongTier(tiers: readonly Tier[]): { param: string; message: string } | null {
  const seen = new Set<string>();
  for (const [index, tier] of tiers.entries()) {
    const param = `tiers[${index}]`;
    const { serviceTier, promptTokensAbove } = tier;
    if (serviceTier === null && promptTokensAbove === 0) {
      return { param, message: 'A tier must name a service_tier, or the prompt_tokens_above which it holds, or both.' };
    }
    const key = `${serviceTier ?? ''}>${promptTokensAbove}`;
    if (seen.has(key)) return { param, message: 'Two tiers are for the same calls. Leave one of them out.' };
    seen.add(key);
    const wrong = wrongRate(tier, `${param}.`);
    if (wrong) return wrong;
  }
  return null;
}

/** A price of nothing is as good as none: whoever means it says so. */
function pricelessness({ free, ...rates }: Rates & { free: boolean }): { param: string; message: string } | null {
  if (free || RATE_NAMES.some((name) => rates[name])) return null;
  return { param: 'free', message: 'Every base rate is 0. Set one, or mark the price free with "free": true.' };
}

/** Whether two rows say the same of one model, apart from when and who says it. */
export function saysTheSame(left: Price, right: Price): boolean {
  return (
    hasSameRates(left, right) &&
    left.tiers.length === right.tiers.length &&
    left.tiers.every((tier) => right.tiers.some((other) => isSameTier(tier, other))) &&
    left.free === right.free &&
    left.contextTokensMax === right.contextTokensMax &&
    left.outputTokensMax === right.outputTokensMax
  );
}

const hasSameRates = (left: Rates, right: Rates): boolean => RATE_NAMES.every((name) => left[name] === right[name]);

const isSameTier = (left: Tier, right: Tier): boolean =>
  left.serviceTier === right.serviceTier &&
  left.promptTokensAbove === right.promptTokensAbove &&
  hasSameRates(left, right);

const STRETCH_SUFFIX = /~\d+$/;

/** The id under which a row is published for the n-th stretch of time in which it is in force. */
export const stretchId = (rowId: string, stretch: number): string => (stretch === 1 ? rowId : `${rowId}~${stretch}`);

/** The row behind a published price: usage records name the published one. */
export const rowIdOf = (publishedId: string): string => publishedId.replace(STRETCH_SUFFIX, '');
