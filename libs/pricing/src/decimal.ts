import { picoUsd, type PicoUsd } from '@ao/kernel';

const PICO_DIGITS = 12;
/** A million dollars per token: above it stands a mistake, not a price. */
const PICO_USD_MAX = 10n ** 18n;
const DECIMAL_TEXT_CHARS_MAX = 64;
const DECIMAL = /^(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Dollars per token, as a JSON number or its text (`2.5e-06`), in pico-dollars. A number is read through its shortest
 * decimal text, which is what its author wrote; multiplying it would multiply its binary error too. What is finer than a
 * pico-dollar is such an error and is rounded off, half up.
 * @returns null when it is no price: negative, not finite, not a number, or above a million dollars.
 */
export function picoFromDecimal(value: unknown): PicoUsd | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const text = String(value).trim();
  const match = text.length <= DECIMAL_TEXT_CHARS_MAX ? DECIMAL.exec(text) : null;
  if (!match) return null;
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const digits = BigInt(whole + fraction);
  const shift = Number(exponent) - fraction.length + PICO_DIGITS;
  const pico = shift >= 0 ? digits * 10n ** BigInt(shift) : divideHalfUp(digits, 10n ** BigInt(-shift));
  return pico > PICO_USD_MAX ? null : picoUsd(pico);
}

function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend * 2n + divisor) / (divisor * 2n);
}
