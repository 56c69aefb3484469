/**
 * Money as integers. One unit for amounts (nano-dollars, 1e-9 USD), one for token prices (pico-dollars per token,
 * 1e-12 USD); a price of 1 USD per million tokens is 1,000,000 pico-dollars per token. No floats come near either.
 */
export type NanoUsd = bigint & { readonly __brand: 'NanoUsd' };
export type PicoUsd = bigint & { readonly __brand: 'PicoUsd' };

export const NANO_USD_PER_USD = 1_000_000_000n;
const PICO_USD_PER_NANO_USD = 1_000n;
const USD_DECIMAL = /^(-?)(\d{1,12})(?:\.(\d+))?$/;

export const ZERO_USD = 0n as NanoUsd;

/** Brands an integer number of nano-dollars. */
export const nanoUsd = (value: bigint): NanoUsd => value as NanoUsd;
/** Brands an integer number of pico-dollars. */
export const picoUsd = (value: bigint): PicoUsd => value as PicoUsd;

/**
 * Reads a decimal number of dollars (`"12.5"`) exactly.
 * @throws RangeError when the text is no decimal number or has more than nine places: rounding money silently is worse
 * than refusing it.
 */
export function parseUsd(text: string): NanoUsd {
  return nanoUsd(parseScaled(text, 9));
}

/** Writes nano-dollars as a plain decimal of dollars without trailing zeros: `1250000n` → `"0.00125"`. */
export function formatUsd(amount: bigint): string {
  return formatScaled(amount, 9);
}

/**
 * Reads a price in dollars per million tokens (`"2.50"`) as pico-dollars per token.
 * @throws RangeError when it is no decimal number or finer than one pico-dollar per token.
 */
export function parseUsdPerMillionTokens(text: string): PicoUsd {
  return picoUsd(parseScaled(text, 6));
}

/** Writes pico-dollars per token as dollars per million tokens: `2500000n` → `"2.5"`. */
export function formatUsdPerMillionTokens(price: PicoUsd): string {
  return formatScaled(price, 6);
}

/** Rounds pico-dollars to nano-dollars, half to even: the one place where a cost is rounded. */
export function roundToNanoUsd(pico: bigint): NanoUsd {
  const quotient = pico / PICO_USD_PER_NANO_USD;
  const remainder = pico % PICO_USD_PER_NANO_USD;
  const twice = (remainder < 0n ? -remainder : remainder) * 2n;
  const away = twice > PICO_USD_PER_NANO_USD || (twice === PICO_USD_PER_NANO_USD && quotient % 2n !== 0n);
  if (!away) return nanoUsd(quotient);
  return nanoUsd(quotient + (pico < 0n ? -1n : 1n));
}

/** Rounds pico-dollars up to nano-dollars: for estimates, which must never be below the cost. */
export function ceilToNanoUsd(pico: bigint): NanoUsd {
  return nanoUsd((pico + PICO_USD_PER_NANO_USD - 1n) / PICO_USD_PER_NANO_USD);
}

export const minUsd = (a: NanoUsd, b: NanoUsd): NanoUsd => (a < b ? a : b);
/** The amount without its sign. */
export const absUsd = (a: NanoUsd): NanoUsd => nanoUsd(a < 0n ? 0n - a : a);
export const maxUsd = (a: NanoUsd, b: NanoUsd): NanoUsd => (a > b ? a : b);

function parseScaled(text: string, places: number): bigint {
  const match = USD_DECIMAL.exec(text);
  const fraction = match?.[3] ?? '';
  if (!match || fraction.length > places) {
    throw new RangeError(
      `expected a decimal number with at most ${places} places, got ${JSON.stringify(text.slice(0, 40))}`,
    );
  }
  const magnitude = BigInt(match[2] + fraction.padEnd(places, '0'));
  return match[1] ? -magnitude : magnitude;
}

function formatScaled(amount: bigint, places: number): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -places)}${fraction && `.${fraction}`}`;
}
