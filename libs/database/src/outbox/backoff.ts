const BACKOFF_FIRST_MS = 100;
const BACKOFF_MAX_MS = 10_000;

/** How long to wait after the n-th failure in a row: 100 ms, doubling up to 10 s. */
export function backoffMs(failures: number): number {
  return Math.min(BACKOFF_FIRST_MS * 2 ** Math.min(failures - 1, 20), BACKOFF_MAX_MS);
}
