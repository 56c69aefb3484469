import { isTokenCount, NO_USAGE, type Usage } from '../usage.js';

/** What providers report, read without trust: whatever is no count is 0, whatever is no object is empty. */
export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first of the fields that is an object. */
export function objectIn(json: Json, ...keys: string[]): Json {
  return keys.map((key) => json[key]).find(isObject) ?? {};
}

/** The first of the fields that is a count above 0. */
export function countIn(json: Json, ...keys: string[]): number {
  return keys.map((key) => json[key]).find((value): value is number => isTokenCount(value) && value > 0) ?? 0;
}

/** Hands out parts of a total, never more than is left. */
export function takerFrom(total: number): (wanted: number) => number {
  let left = total;
  return (wanted) => {
    const taken = Math.min(wanted, left);
    left -= taken;
    return taken;
  };
}

/** A usage with the given fields filled; null when a sum is not to be believed. */
export function believable(counts: Partial<Usage>): Usage | null {
  return Object.values(counts).every(isTokenCount) ? { ...NO_USAGE, ...counts } : null;
}
