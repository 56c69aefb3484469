import { ManualClock } from '@ao/kernel';
import { openMemoryKeyValue } from './memory-key-value.js';

describe('openMemoryKeyValue', () => {
  it('stays within its bytes, forgetting what was used least lately', async () => {
    const store = openMemoryKeyValue({ valueBytesMax: 10_000 });
    for (let index = 0; index < 100; index += 1) await store.set(`k${index}`, Buffer.alloc(1_000), { ttlMs: 60_000 });
    const kept = await Promise.all(Array.from({ length: 100 }, (_, index) => store.get(`k${index}`)));
    expect(kept.filter((value) => value !== null)).toHaveLength(9);
    expect(kept.at(-1)).not.toBeNull();
  });

  it('stays within its number of limits', async () => {
    const store = openMemoryKeyValue({ limitKeysMax: 10, clock: new ManualClock() });
    const take = (key: string) => store.takeTokens([{ kind: 'bucket', key, capacity: 1, refillMs: 1_000, amount: 1 }]);
    await take('first');
    for (let index = 0; index < 10; index += 1) await take(`k${index}`);
    expect((await take('k9')).allowed).toBe(false);
    expect((await take('first')).allowed).toBe(true);
  });

  it('keeps its own copy of what it is given and gives', async () => {
    const store = openMemoryKeyValue();
    const bytes = Buffer.from('abc');
    await store.set('k', bytes, { ttlMs: 1_000 });
    bytes.fill(0);
    (await store.get('k'))!.fill(0);
    expect((await store.get('k'))!.toString()).toBe('abc');
  });

  it('limits by the time that passes, whatever the clock on the wall is set to', async () => {
    let wallMs = Date.UTC(2026, 0, 1);
    let passedMs = 0;
    const store = openMemoryKeyValue({ clock: { nowMs: () => wallMs, monotonicMs: () => passedMs } });
    const take = () => store.takeTokens([{ kind: 'window', key: 'w', limit: 1, windowMs: 60_000, amount: 1 }]);
    expect((await take()).allowed).toBe(true);
    wallMs += 86_400_000;
    expect((await take()).allowed).toBe(false);
    wallMs -= 2 * 86_400_000;
    passedMs += 120_000;
    expect((await take()).allowed).toBe(true);
  });

  it('keeps values and claims for as long as they were meant to be kept, whatever the clock on the wall is set to', async () => {
    const clock = new ManualClock();
    const store = openMemoryKeyValue({ clock });
    const claim = () => store.setIfAbsent('claim', '1', { ttlMs: 1_000 });
    await store.set('value', 'v', { ttlMs: 1_000 });
    expect(await claim()).toBe(true);
    clock.jumpMs(86_400_000);
    expect([await claim(), await store.get('value')]).toEqual([false, Buffer.from('v')]);
    clock.jumpMs(-2 * 86_400_000);
    clock.advanceMs(1_001);
    expect([await store.get('value'), await claim()]).toEqual([null, true]);
  });
});
