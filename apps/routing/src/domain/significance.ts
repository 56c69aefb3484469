/** A sample of figures: how many, their mean, and their variance (of the sample, with n − 1). */
export interface Sample {
  count: number;
  mean: number;
  variance: number;
}

/** Beyond this the series loses its digits and the continued fraction has them. */
const TAIL_FROM = 3;
const FRACTION_TERMS = 60;

/** How likely two samples differ so much by chance, whichever way (Welch's standard error, normal distribution). */
export function meanDifferencePValue(a: Sample, b: Sample): number {
  return pValueOf(a.mean - b.mean, Math.sqrt(a.variance / a.count + b.variance / b.count));
}

/** The same of two shares: the two-proportion z-test, pooled. */
export function proportionDifferencePValue(
  a: { hits: number; count: number },
  b: { hits: number; count: number },
): number {
  const pooled = (a.hits + b.hits) / (a.count + b.count);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / a.count + 1 / b.count));
  return pValueOf(a.hits / a.count - b.hits / b.count, error);
}

function pValueOf(difference: number, standardError: number): number {
  if (difference === 0) return 1;
  // Figures without any spread that differ: no chance about it.
  return standardError === 0 ? 0 : Math.min(1, 2 * upperTail(Math.abs(difference) / standardError));
}

/**
 * The share of a standard normal distribution above z ≥ 0. The series and the continued fraction are 26.2.11 and 26.2.14
 * of Abramowitz and Stegun, Handbook of Mathematical Functions.
 */
export function upperTail(z: number): number {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z >= TAIL_FROM) {
    let fraction = z;
    for (let term = FRACTION_TERMS; term >= 1; term -= 1) fraction = z + term / fraction;
    return density / fraction;
  }
  let term = z;
  let sum = z;
  for (let odd = 3; term > sum * Number.EPSILON; odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return 0.5 - density * sum;
}
