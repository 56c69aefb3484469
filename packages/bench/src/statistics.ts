/** The value that `share` (0 to 1) of the sorted values do not exceed (nearest rank); 0 for none. */
export function percentile(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return 0;
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))]!;
}

/** All values of several samples, sorted. */
export function sortedTogether(samples: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(samples.reduce((length, sample) => length + sample.length, 0));
  let offset = 0;
  for (const sample of samples) {
    all.set(sample, offset);
    offset += sample.length;
  }
  return all.sort();
}

/** The middle value; of an even number the mean of the two; 0 for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
