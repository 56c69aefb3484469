import { openMemoryKeyValue } from '@ao/keyvalue';
import { principal as principalContract, principalExample, type Principal } from '@ao/contracts';
import { ManualClock, silentLogger } from '@ao/kernel';
import { Limits } from './limits.js';

const principal = (limits: Partial<Principal>): Principal => ({
  ...principalContract.parse(principalExample),
  ...limits,
});

describe('the limits of a key', () => {
  const clock = new ManualClock();
  const limits = new Limits(openMemoryKeyValue({ clock }), silentLogger);

  it('cost nothing for a key without any', () => {
    expect(limits.admit(principal({}), 'req_1', 1_000)).toBeNull();
  });

  it('[RL-005] let in as many requests a minute as allowed, then say how long to wait', async () => {
    const key = principal({ keyId: 'rpm', requestsPerMinuteMax: 2 });
    const first = await limits.admit(key, 'req_1', 0);
    expect(first?.headers).toMatchObject({ 'x-ratelimit-limit': '2', 'x-ratelimit-remaining': '1' });
    await limits.admit(key, 'req_2', 0);
    await expect(limits.admit(key, 'req_3', 0)).rejects.toMatchObject({
      code: 'rate_limit_exceeded',
      retryAfterSeconds: 30,
    });
    clock.advanceMs(30_000);
    await expect(limits.admit(key, 'req_4', 0)).resolves.toBeDefined();
  });

  it('[RL-003] free a slot when its call ends', async () => {
    const key = principal({ keyId: 'calls', concurrencyMax: 1 });
    const open = await limits.admit(key, 'req_1', 0);
    await expect(limits.admit(key, 'req_2', 0)).rejects.toThrow('calls at once');
    open!.finish(0);
    await new Promise(setImmediate);
    await expect(limits.admit(key, 'req_3', 0)).resolves.toBeDefined();
  });

  it('[RL-006] count tokens by their bound before the call and by actual use after it', async () => {
    const key = principal({ keyId: 'tokens', tokensPerMinuteMax: 1_000 });
    const call = await limits.admit(key, 'req_1', 900);
    await expect(limits.admit(key, 'req_2', 200)).rejects.toThrow('tokens per minute');
    call!.finish(100);
    await new Promise(setImmediate);
    await expect(limits.admit(key, 'req_3', 200)).resolves.toBeDefined();
  });
});
