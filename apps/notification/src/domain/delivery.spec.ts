import fc from 'fast-check';
import { progressAfter, retryDelayMs } from './delivery.js';

const policy = { attemptsMax: 8, delayFirstMs: 3_000 };
const failure = { kind: 'failed', reason: 'the receiver answered 500', final: false } as const;

describe('a delivery', () => {
  it('[NT-005] is tried eight times over about an hour', () => {
    const delaysMs = [1, 2, 3, 4, 5, 6, 7].map((attempts) => retryDelayMs(policy, attempts, 0.5));
    expect(delaysMs.map((delayMs) => delayMs / 1_000)).toEqual([3, 9, 27, 81, 243, 729, 2_187]);
  });

  it('waits a fifth longer or shorter at most, and never much over an hour', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempts, random) => {
          const middleMs = retryDelayMs(policy, attempts, 0.5);
          const delayMs = retryDelayMs(policy, attempts, random);
          expect(Math.abs(delayMs - middleMs)).toBeLessThanOrEqual(middleMs * 0.2 + 1);
          expect(delayMs).toBeLessThanOrEqual(3_600_000 * 1.2);
        },
      ),
    );
  });

  it('[NT-001] is dead after its last attempt, or at once when trying again cannot help', () => {
    const at = { policy, nowMs: 1_000, random: 0.5 };
    expect(progressAfter(failure, 7, at)).toMatchObject({ status: 'pending', nextAttemptAtMs: 1_000 + 2_187_000 });
    expect(progressAfter(failure, 8, at)).toMatchObject({ status: 'dead', lastError: failure.reason });
    expect(progressAfter({ ...failure, final: true }, 1, at)).toMatchObject({ status: 'dead' });
    expect(progressAfter({ kind: 'delivered' }, 8, at)).toMatchObject({ status: 'delivered', deliveredAtMs: 1_000 });
  });
});
