const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `1234567` → `"1,234,567"`. */
export const showCount = (count: number): string => whole.format(count);

/** `1 request`, `1,200 requests`. */
export const showCounted = (count: number, one: string, many: string): string =>
  `${showCount(count)} ${count === 1 ? one : many}`;

/** Milliseconds as people say them: `"84 ms"`, `"1.24 s"`, `"2 min 5 s"`. */
export function showDuration(durationMs: number): string {
  if (durationMs < 1) return '< 1 ms';
  if (durationMs < 999.5) return `${Math.round(durationMs)} ms`;
  if (durationMs < 59_995) return `${(durationMs / 1_000).toFixed(2)} s`;
  const seconds = Math.round(durationMs / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A percentage as the API gives it, with at most two places: `85.25` → `"85.25%"`. */
export const showPercent = (percent: number): string => `${Number(percent.toFixed(2))}%`;
