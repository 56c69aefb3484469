const FIRST_MS = 250;
const MOST_MS = 8_000;

/**
 * How long to wait before a deployment is asked again: doubled each time, and spread so that callers which failed together
 * do not come back together.
 * @param before Attempts there so far, from 1. @param random From 0 up to 1.
 */
export function backoffMs(before: number, random: () => number): number {
  const most = Math.min(FIRST_MS * 2 ** (before - 1), MOST_MS);
  return Math.round(most / 2 + (random() * most) / 2);
}
