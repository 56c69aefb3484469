import { meanDifferencePValue, proportionDifferencePValue, upperTail } from './significance.js';

describe('significance', () => {
  it.each([
    [0, 0.5],
    [0.5, 0.30854],
    [1, 0.158655],
    [1.644854, 0.05],
    [1.959964, 0.025],
    [2.575829, 0.005],
    [2.999999, 0.0013499],
    [3, 0.0013499],
    [4, 3.16712e-5],
    [6, 9.86588e-10],
    [8, 6.22096e-16],
  ])('[EX-004] gives the tail above z = %d as tables have it: %d', (z, tail) => {
    expect(Math.abs(upperTail(z) / tail - 1)).toBeLessThan(1e-5);
  });

  it('[EX-004] gives the textbook p-value of two proportions', () => {
    // OpenStax, Introductory Statistics, example 10.8: 20 of 200 against 12 of 200.
    const pValue = proportionDifferencePValue({ hits: 20, count: 200 }, { hits: 12, count: 200 });
    expect(pValue).toBeCloseTo(0.1404, 4);
    expect(proportionDifferencePValue({ hits: 12, count: 200 }, { hits: 20, count: 200 })).toBe(pValue);
  });

  it('[EX-004] gives the textbook p-value of two means', () => {
    // OpenStax, Introductory Statistics, example 10.6: 3 months (0.33) against 2.9 (0.36), 20 each; 0.1799 on one side.
    const a = { count: 20, mean: 3, variance: 0.33 ** 2 };
    const b = { count: 20, mean: 2.9, variance: 0.36 ** 2 };
    expect(meanDifferencePValue(a, b) / 2).toBeCloseTo(0.1799, 4);
    expect(meanDifferencePValue(b, a)).toBe(meanDifferencePValue(a, b));
  });

  it('[EX-004] calls equal figures chance, and different ones without any spread none', () => {
    expect(proportionDifferencePValue({ hits: 0, count: 50 }, { hits: 0, count: 70 })).toBe(1);
    expect(proportionDifferencePValue({ hits: 50, count: 50 }, { hits: 50, count: 50 })).toBe(1);
    const flat = { count: 50, mean: 1, variance: 0 };
    expect(meanDifferencePValue(flat, flat)).toBe(1);
    expect(meanDifferencePValue(flat, { ...flat, mean: 2 })).toBe(0);
  });
});
