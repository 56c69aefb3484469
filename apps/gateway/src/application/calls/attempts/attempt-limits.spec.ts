import { limitsOf, type TimeWishes } from './attempt-limits.js';

type Plan = Parameters<typeof limitsOf>[0];
interface Limits {
  timeoutMs?: number;
  firstTokenMs?: number;
  stallMs?: number;
}

const OWN = { connectMs: 5_000, firstByteMs: 120_000, idleMs: 60_000, totalMs: 600_000 };
const NONE = { timeoutMs: null, firstTokenMs: null, stallMs: null };

const limits = (given: {
  deployment?: Limits;
  group?: Limits;
  router?: Limits;
  wishes?: TimeWishes;
  stream?: boolean;
}) => {
  const plan = {
    route: { deployment: { ...NONE, ...given.deployment }, provider: { timeouts: OWN } },
    request: { stream: given.stream ?? true },
    course: { groupPolicy: { ...NONE, ...given.router, ...given.group, own: given.group ?? {} } },
  } as unknown as Plan;
  return limitsOf(plan, given.wishes ?? {}, 7_200_000);
};

describe('the limits of an attempt', () => {
  it('[RT-014] [BX-007] are those of the group, then of the deployment, then of the router', () => {
    const deployment = { timeoutMs: 30_000, firstTokenMs: 3_000, stallMs: 4_000 };
    const router = { timeoutMs: 90_000, firstTokenMs: 9_000, stallMs: 9_000 };
    const timeouts = { connectMs: 5_000, firstByteMs: 3_000, idleMs: 4_000, totalMs: 30_000 };
    expect(limits({ deployment, router })).toEqual({ firstTokenMs: 3_000, timeouts });
    expect(limits({ deployment, router, group: { firstTokenMs: 1_000 } })).toEqual({
      firstTokenMs: 1_000,
      timeouts: { ...timeouts, firstByteMs: 1_000 },
    });
    expect(limits({ router }).timeouts).toMatchObject({ totalMs: 90_000, firstByteMs: 9_000, idleMs: 9_000 });
  });

  it('[BX-008] are what the caller asks for: of a stream until its first token, of all until the end', () => {
    const wishes = { timeoutMs: 20_000, streamTimeoutMs: 1_000 };
    expect(limits({ deployment: { timeoutMs: 30_000, firstTokenMs: 9_000 }, wishes })).toMatchObject({
      firstTokenMs: 1_000,
      timeouts: { firstByteMs: 1_000, totalMs: 20_000 },
    });
    expect(limits({ wishes, stream: false })).toMatchObject({
      firstTokenMs: null,
      timeouts: { firstByteMs: 20_000, totalMs: 20_000, idleMs: 20_000 },
    });
  });

  it('may be longer than the provider’s own', () => {
    expect(limits({ deployment: { timeoutMs: 900_000 }, stream: false }).timeouts).toMatchObject({
      firstByteMs: 900_000,
      totalMs: 900_000,
    });
  });
});
