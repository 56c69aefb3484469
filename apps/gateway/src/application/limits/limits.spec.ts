import {
  limitRule,
  principal as principalContract,
  principalExample,
  type LimitRule,
  type Principal,
} from '@ao/contracts';
import { openMemoryKeyValue, type LimitRequest } from '@ao/keyvalue';
import { ManualClock, silentLogger } from '@ao/kernel';
import type { z } from 'zod';
import type { LimitedCall } from './call-limits.js';
import { formatDuration } from './limit-headers.js';
import { LimitRules } from './limit-rules.js';
import { Limits } from './limits.js';

const principal = (limits: Partial<Principal>): Principal => ({
  ...principalContract.parse(principalExample),
  ...limits,
});

let calls = 0;
const call = (key: Partial<Principal>, more: Partial<LimitedCall> = {}): LimitedCall => ({
  principal: principal(key),
  callId: `req_${(calls += 1)}`,
  model: 'gpt-4o',
  tags: [],
  endUserId: null,
  sessionId: null,
  clientAddress: '192.0.2.1',
  tokensBound: 0,
  signal: null,
  ...more,
});

const rule = (given: Omit<z.input<typeof limitRule>, 'id' | 'orgId'>): LimitRule =>
  limitRule.parse({ id: `lim_${JSON.stringify(given)}`, orgId: 'org_1', ...given });

describe('the limits of a call', () => {
  const clock = new ManualClock();
  const store = openMemoryKeyValue({ clock });
  const steps: (readonly LimitRequest[])[] = [];
  const counting = {
    takeTokens: (requests: readonly LimitRequest[]) => {
      steps.push(requests);
      return store.takeTokens(requests);
    },
  };
  const slept: number[] = [];
  let rules = new LimitRules([]);
  const limits = new Limits(counting, silentLogger, {
    rules: () => rules,
    random: () => 0,
    sleep: async (durationMs) => void slept.push(durationMs),
  });
  const settled = () => new Promise(setImmediate);

  beforeEach(() => {
    steps.length = 0;
    slept.length = 0;
    rules = new LimitRules([]);
  });

  it('cost nothing for a key without any', () => {
    expect(limits.admit(call({}))).toBeNull();
    expect(steps).toEqual([]);
  });

  it('[RL-005] let in as many requests a minute as allowed, then say how long to wait', async () => {
    const key = { keyId: 'rpm', requestsPerMinuteMax: 2 };
    const first = await limits.admit(call(key));
    expect(first?.headers).toMatchObject({ 'x-ratelimit-limit': '2', 'x-ratelimit-remaining': '1' });
    await limits.admit(call(key));
    await expect(limits.admit(call(key))).rejects.toMatchObject({
      code: 'rate_limit_exceeded',
      retryAfterSeconds: 30,
    });
    clock.advanceMs(30_000);
    await expect(limits.admit(call(key))).resolves.toBeDefined();
  });

  it('[RL-005] tell both names what is left and when all of it is back, a refused call too', async () => {
    const key = { keyId: 'headers', requestsPerMinuteMax: 3, tokensPerMinuteMax: 1_000, concurrencyMax: 2 };
    const told: Record<string, string>[] = [];
    const seen = { tokensBound: 100, onLimits: (headers: Record<string, string>) => void told.push(headers) };
    await limits.admit(call(key, seen));
    await limits.admit(call(key, seen));
    await expect(limits.admit(call(key, seen))).rejects.toThrow('calls at once');
    expect(told[0]).toMatchObject({
      'x-ratelimit-limit': '3',
      'x-ratelimit-remaining': '2',
      'x-ratelimit-reset': '20',
      'x-ratelimit-limit-requests': '3',
      'x-ratelimit-remaining-requests': '2',
      'x-ratelimit-reset-requests': '20s',
      'x-ratelimit-limit-tokens': '1000',
      'x-ratelimit-remaining-tokens': '900',
    });
    expect(told[1]).toMatchObject({ 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '40' });
    // Of the limit that refused; the others took nothing.
    expect(told[2]).toMatchObject({
      'x-ratelimit-limit': '2',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '1',
      'x-ratelimit-remaining-requests': '1',
    });
  });

  it.each([
    [0, '0s'],
    [120, '120ms'],
    [1_000, '1s'],
    [8_640, '8.64s'],
    [86_400, '1m26.4s'],
    [360_000, '6m0s'],
  ])('[RL-005] write %s ms as OpenAI does: %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });

  it('[RL-003] free a slot when its call ends', async () => {
    const key = { keyId: 'calls', concurrencyMax: 1 };
    const open = await limits.admit(call(key));
    await expect(limits.admit(call(key))).rejects.toThrow('calls at once');
    open!.finish(0);
    open!.finish(0);
    await settled();
    await expect(limits.admit(call(key))).resolves.toBeDefined();
    // One step to take, one that refused, one to give back, one to take.
    expect(steps).toHaveLength(4);
  });

  it('[RL-006] count tokens by their bound before the call and by actual use after it', async () => {
    const key = { keyId: 'tokens', tokensPerMinuteMax: 1_000 };
    const first = await limits.admit(call(key, { tokensBound: 900 }));
    await expect(limits.admit(call(key, { tokensBound: 200 }))).rejects.toThrow('tokens per minute');
    first!.finish(100);
    await settled();
    await expect(limits.admit(call(key, { tokensBound: 200 }))).resolves.toBeDefined();
  });

  it('[RL-006] hold a key to a limit of its own on one model', async () => {
    const modelLimits = [{ model: 'gpt-4o', requestsPerMinuteMax: null, tokensPerMinuteMax: 1_000 }];
    const key = { keyId: 'models', modelLimits };
    await limits.admit(call(key, { tokensBound: 900 }));
    await expect(limits.admit(call(key, { tokensBound: 200 }))).rejects.toThrow('this key on gpt-4o');
    expect(limits.admit(call(key, { tokensBound: 200, model: 'other' }))).toBeNull();
  });

  it('take all that apply in one step, and correct and free all of them in one', async () => {
    rules = new LimitRules([
      rule({ scope: { kind: 'organisation' }, requestsPerMinuteMax: 100, tokensPerMinuteMax: 9_000 }),
      rule({ scope: { kind: 'organisation' }, model: 'gpt-4o', concurrencyMax: 7 }),
      rule({ scope: { kind: 'team', id: 'team_1' }, requestsPerMinuteMax: 60 }),
      rule({ scope: { kind: 'user' }, requestsPerMinuteMax: 50 }),
      rule({ scope: { kind: 'key', id: 'all' }, tokensPerMinuteMax: 8_000 }),
      rule({ scope: { kind: 'end_user' }, requestsPerMinuteMax: 40 }),
      rule({ scope: { kind: 'ip', id: '192.0.2.1' }, requestsPerMinuteMax: 30 }),
      rule({ scope: { kind: 'tag', id: 'night' }, requestsPerMinuteMax: 20 }),
    ]);
    const admission = await limits.admit(
      call(
        { keyId: 'all', userId: 'usr_1', requestsPerMinuteMax: 10, requestsPerMinutePerSessionMax: 10 },
        { tags: ['night', 'other'], endUserId: 'ann', sessionId: 's', tokensBound: 500 },
      ),
    );
    expect(steps).toHaveLength(1);
    expect(steps[0]).toHaveLength(11);
    admission!.finish(200);
    expect(steps).toHaveLength(2);
    const corrections = steps[1]!.filter((request) => request.kind === 'window');
    expect(corrections).toMatchObject([{ amount: -300 }, { amount: -300 }]);
    expect(steps[1]!.filter((request) => request.kind === 'slots')).toMatchObject([{ release: true }]);
  });

  it('take nothing from any limit when one refuses', async () => {
    rules = new LimitRules([rule({ scope: { kind: 'team' }, requestsPerMinuteMax: 1 })]);
    const key = { keyId: 'none-taken', teamId: 'team_full', requestsPerMinuteMax: 5 };
    await limits.admit(call(key));
    await expect(limits.admit(call(key))).rejects.toThrow('the team team_full');
    const left = await limits.admit(call({ ...key, teamId: null }));
    expect(left?.headers).toMatchObject({ 'x-ratelimit-remaining': '3' });
  });

  it('let one’s own limit go before the one for each, and count each apart', async () => {
    rules = new LimitRules([
      rule({ scope: { kind: 'end_user' }, requestsPerMinuteMax: 1 }),
      rule({ scope: { kind: 'end_user', id: 'big' }, requestsPerMinuteMax: 2 }),
    ]);
    const by = (endUserId: string) => limits.admit(call({ keyId: 'each' }, { endUserId }));
    await by('ann');
    await by('bob');
    await expect(by('ann')).rejects.toThrow('the end user ann');
    await by('big');
    await by('big');
    await expect(by('big')).rejects.toThrow('the end user big');
  });

  it('apply to the calls of their own organisation only', async () => {
    rules = new LimitRules([rule({ scope: { kind: 'organisation' }, requestsPerMinuteMax: 1 })]);
    await limits.admit(call({ keyId: 'own' }));
    expect(limits.admit(call({ orgId: 'org_2' }))).toBeNull();
  });

  it('[RL-002] [RL-004] hold each address and each session of keyless callers to a limit of its own', async () => {
    const key = { keyId: 'open', requestsPerMinutePerAddressMax: 3, requestsPerMinutePerSessionMax: 2 };
    const from = (clientAddress: string, sessionId: string) => limits.admit(call(key, { clientAddress, sessionId }));
    await from('192.0.2.1', 'a');
    await from('192.0.2.1', 'a');
    await expect(from('192.0.2.1', 'a')).rejects.toThrow('this session');
    await from('192.0.2.1', 'b');
    await expect(from('192.0.2.1', 'b')).rejects.toThrow('your address');
    await from('192.0.2.2', 'b');
  });

  it('refuse a call that meets more limits than one step decides, instead of leaving some out', () => {
    rules = new LimitRules([rule({ scope: { kind: 'tag' }, requestsPerMinuteMax: 1 })]);
    const tags = Array.from({ length: 65 }, (_, index) => `tag-${index}`);
    expect(() => limits.admit(call({}, { tags }))).toThrow('Name fewer tags');
  });

  describe('with little left', () => {
    const team = { teamId: 'team_busy' };
    const fill = async (percent: number): Promise<void> => {
      rules = new LimitRules([rule({ scope: { kind: 'team', id: 'team_busy' }, requestsPerMinuteMax: 1_000 })]);
      clock.advanceMs(120_000);
      const others = Array.from({ length: percent * 10 - 1 }, async () =>
        limits.admit(call({ ...team, keyId: 'others' })),
      );
      await Promise.all(others);
    };

    it('[RL-007] slow a call of low priority down at 90%, and one of high priority not', async () => {
      await fill(90);
      await limits.admit(call({ ...team, keyId: 'low', priority: 'low' }));
      expect(slept).toEqual([667]);
      await limits.admit(call({ ...team, keyId: 'high', priority: 'high' }));
      expect(slept).toHaveLength(1);
    });

    it('[RL-007] refuse low priority before the limit is reached, and nobody else', async () => {
      await fill(95);
      await limits.admit(call({ ...team, keyId: 'low', priority: 'low' }));
      await expect(limits.admit(call({ ...team, keyId: 'low', priority: 'low' }))).rejects.toMatchObject({
        code: 'rate_limit_exceeded',
        message: expect.stringContaining('low priority'),
      });
      await limits.admit(call({ ...team, keyId: 'high', priority: 'high' }));
      await limits.admit(call({ ...team, keyId: 'normal' }));
    });

    it('[RL-007] give back what a caller took that left while it waited', async () => {
      await fill(90);
      const controller = new AbortController();
      controller.abort(new Error('left'));
      const low = { ...team, keyId: 'leaving', priority: 'low' as const, concurrencyMax: 1 };
      await expect(limits.admit(call(low, { signal: controller.signal }))).rejects.toThrow('left');
      await settled();
      await expect(limits.admit(call(low))).resolves.toBeDefined();
    });
  });
});
