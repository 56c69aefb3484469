const DELAY_MS_FIRST = 250;
const DELAY_MS_MAX = 5_000;

/** How long to wait after the n-th failure in a row (1 for the first): 250 ms, doubling up to 5 s. */
export function backoffMs(failuresInARow: number): number {
  return Math.min(DELAY_MS_FIRST * 2 ** Math.min(failuresInARow - 1, 10), DELAY_MS_MAX);
}
