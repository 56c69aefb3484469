import { NEVER_CHECKED, afterCheck, turned, type Health } from './health.js';

const policy = { failuresToFail: 2, successesToRecover: 2 };
const ok = { ok: true, reason: null, latencyMs: 3 };
const bad = { ok: false, reason: 'a fault (500)', latencyMs: 4 };

/** The health after each of these checks. */
function follow(checks: (typeof ok | typeof bad)[]): Health[] {
  const states: Health[] = [];
  for (const check of checks) states.push(afterCheck(states.at(-1) ?? NEVER_CHECKED, check, policy, states.length));
  return states;
}

describe('the health of a provider', () => {
  it('[PR-016] turns after so many results in a row, and not before', () => {
    expect(follow([ok, bad, ok, bad, bad, bad, ok, bad, ok, ok]).map(({ healthy }) => healthy)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  it('counts failures from the first check on, as of one that was healthy', () => {
    expect(follow([bad, bad]).map(({ healthy, streak }) => [healthy, streak])).toEqual([
      [null, 1],
      [false, 0],
    ]);
  });

  it('tells of every turn, but not of the first success', () => {
    const [first, , down] = follow([ok, bad, bad]) as [Health, Health, Health];
    expect(turned(NEVER_CHECKED, first)).toBe(false);
    expect(turned(first, down)).toBe(true);
    expect(turned(down, afterCheck(down, ok, { ...policy, successesToRecover: 1 }, 9))).toBe(true);
  });

  it('always shows the last check, whatever it changed', () => {
    expect(follow([ok, bad]).at(-1)).toEqual({
      healthy: true,
      streak: 1,
      reason: bad.reason,
      latencyMs: 4,
      checkedAtMs: 1,
    });
  });
});
