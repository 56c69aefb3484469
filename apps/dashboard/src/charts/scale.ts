/** Round steps of an axis: 1, 2 or 5 times a power of ten. */
const STEPS = [1n, 2n, 5n];

/**
 * A round top for an axis and its marks, in nano-dollars, exact: `niceScale(34_000_000n, 4)` → 0, 1, 2, 3, 4 cents.
 * @param marksMax Marks above zero, at most.
 */
export function niceScale(largest: bigint, marksMax: number): { top: bigint; marks: bigint[] } {
  if (largest <= 0n) return { top: 1n, marks: [0n] };
  const step = smallestStep(largest, BigInt(marksMax));
  const count = (largest + step - 1n) / step;
  return { top: step * count, marks: Array.from({ length: Number(count) + 1 }, (_, index) => step * BigInt(index)) };
}

function smallestStep(largest: bigint, marksMax: bigint): bigint {
  for (let power = 1n; ; power *= 10n) {
    const found = STEPS.find((each) => each * power * marksMax >= largest);
    if (found) return found * power;
  }
}
