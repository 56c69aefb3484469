import { randomUUID } from 'node:crypto';
import { ManualClock, sleep, type Clock } from '@ao/kernel';
import { waitFor } from '@ao/testing';
import fc from 'fast-check';
import type { KeyValue } from './key-value.js';
import type { LimitRequest } from './limits/limit.js';
import { openMemoryKeyValue } from './memory-key-value.js';
import { openRedisKeyValue } from './redis-key-value.js';

const MINUTE_MS = 60_000;
type Opener = (clock?: Clock) => KeyValue;
const openMemory: Opener = (clock) => openMemoryKeyValue(clock ? { clock } : {});
const openRedis: Opener = (clock) =>
  openRedisKeyValue({
    url: process.env.TEST_REDIS_URL ?? '',
    keyPrefix: `${randomUUID()}:`,
    deadlineMs: 1_000,
    ...(clock ? { clock } : {}),
  });
const openers: [string, Opener][] = [
  ['memory', openMemory],
  ['redis', openRedis],
];

const bucket = (amount: number, more: object = {}): LimitRequest => ({
  kind: 'bucket',
  key: 'requests',
  capacity: 60,
  refillMs: MINUTE_MS,
  amount,
  ...more,
});
const window = (amount: number, more: object = {}): LimitRequest => ({
  kind: 'window',
  key: 'tokens',
  limit: 1_000,
  windowMs: MINUTE_MS,
  amount,
  ...more,
});
const slot = (holder: string, more: object = {}): LimitRequest => ({
  kind: 'slots',
  key: 'slots',
  limit: 2,
  holder,
  leaseMs: 10_000,
  ...more,
});
const release = (holder: string): LimitRequest => slot(holder, { release: true });

async function open(opener: Opener, clock?: Clock): Promise<KeyValue> {
  const store = opener(clock);
  await waitFor(async () => (await store.health()).ok);
  return store;
}

describe.each(openers)('KeyValue contract: %s', (_name, opener) => {
  let store: KeyValue;
  let clock: ManualClock;

  beforeEach(async () => {
    clock = new ManualClock();
    store = await open(opener, clock);
  });

  afterEach(() => store.close());

  it('gives back the bytes that were set, until they are deleted', async () => {
    const bytes = Buffer.from([0, 255, 128, 10]);
    await store.set('binary', bytes, { ttlMs: 10_000 });
    await store.set('text', 'grüße', { ttlMs: 10_000 });
    expect(await store.get('binary')).toEqual(bytes);
    expect((await store.get('text'))?.toString()).toBe('grüße');
    await store.delete('binary');
    expect(await store.get('binary')).toBeNull();
    expect(await store.get('never')).toBeNull();
  });

  it('lets one of many set a key that has no value, and another once its time is over', async () => {
    const set = (value: string) => store.setIfAbsent('lock', value, { ttlMs: 300 });
    const won = await Promise.all(Array.from({ length: 20 }, (_, index) => set(`holder-${index}`)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect((await store.get('lock'))?.toString()).toBe(`holder-${won.indexOf(true)}`);
    clock.advanceMs(301);
    await waitFor(() => set('later'));
    expect((await store.get('lock'))?.toString()).toBe('later');
  });

  it('replaces and deletes a value only while it is the expected one, byte for byte', async () => {
    const [first, second] = [Buffer.from([0, 255]), Buffer.from([255, 0])];
    expect(await store.replaceIf('cas', first, second, { ttlMs: 10_000 })).toBe(false);
    expect(await store.get('cas')).toBeNull();
    await store.set('cas', first, { ttlMs: 10_000 });
    expect(await store.replaceIf('cas', second, 'x', { ttlMs: 10_000 })).toBe(false);
    expect(await store.replaceIf('cas', first, second, { ttlMs: 300 })).toBe(true);
    expect(await store.deleteIf('cas', first)).toBe(false);
    expect(await store.get('cas')).toEqual(second);
    // The time to live is the new one.
    clock.advanceMs(301);
    await waitFor(async () => (await store.get('cas')) === null);
    await store.set('cas', first, { ttlMs: 10_000 });
    expect(await store.deleteIf('cas', first)).toBe(true);
    expect(await store.get('cas')).toBeNull();
  });

  it('takes the whole capacity of a bucket at once, refuses the next, and refills evenly', async () => {
    expect(await store.takeTokens([bucket(59)])).toMatchObject({
      allowed: true,
      limits: [{ remaining: 1, resetMs: 59_000 }],
    });
    expect(await store.takeTokens([bucket(1)])).toEqual({
      allowed: true,
      limits: [{ allowed: true, limit: 60, remaining: 0, resetMs: 60_000, retryAfterMs: 0 }],
    });
    expect(await store.takeTokens([bucket(1)])).toEqual({
      allowed: false,
      limits: [{ allowed: false, limit: 60, remaining: 0, resetMs: 60_000, retryAfterMs: 1_000 }],
    });
    clock.advanceMs(999);
    expect((await store.takeTokens([bucket(1)])).allowed).toBe(false);
    clock.advanceMs(1);
    expect((await store.takeTokens([bucket(1)])).allowed).toBe(true);
  });

  it('allows exactly the limit when many take at once', async () => {
    const decisions = await Promise.all(Array.from({ length: 100 }, () => store.takeTokens([bucket(1)])));
    expect(decisions.filter((decision) => decision.allowed)).toHaveLength(60);
  });

  it('takes nothing from any limit when one of them refuses, and tells which', async () => {
    const decision = await store.takeTokens([bucket(10), window(2_000), slot('a')]);
    expect(decision.allowed).toBe(false);
    expect(decision.limits.map((limit) => limit.allowed)).toEqual([true, false, true]);
    expect((await store.takeTokens([bucket(0), window(0)])).limits.map((limit) => limit.remaining)).toEqual([
      60, 1_000,
    ]);
  });

  it('weighs the previous window, so that a boundary does not double the limit', async () => {
    clock.advanceMs(MINUTE_MS - (clock.nowMs() % MINUTE_MS) - 1_000);
    expect((await store.takeTokens([window(900)])).allowed).toBe(true);
    clock.advanceMs(1_000);
    expect((await store.takeTokens([window(200)])).limits[0]).toMatchObject({
      allowed: false,
      remaining: 100,
      retryAfterMs: 6_667,
    });
    clock.advanceMs(6_666);
    expect((await store.takeTokens([window(200)])).allowed).toBe(false);
    clock.advanceMs(1);
    expect((await store.takeTokens([window(200)])).allowed).toBe(true);
  });

  it('settles by force what was really used, below zero if need be, and gives back what was not', async () => {
    await store.takeTokens([bucket(50), window(900)]);
    expect((await store.takeTokens([bucket(30, { force: true }), window(300, { force: true })])).allowed).toBe(true);
    expect((await store.takeTokens([bucket(1)])).limits[0]).toMatchObject({
      allowed: false,
      remaining: 0,
      retryAfterMs: 21_000,
    });
    await store.takeTokens([bucket(-40), window(-700)]);
    expect((await store.takeTokens([bucket(0), window(0)])).limits.map((limit) => limit.remaining)).toEqual([20, 500]);
    await store.takeTokens([bucket(-1_000), window(-5_000)]);
    expect((await store.takeTokens([bucket(0), window(0)])).limits.map((limit) => limit.remaining)).toEqual([
      60, 1_000,
    ]);
  });

  it('keeps slots until they are released or their lease ends, and renews for the same holder', async () => {
    await store.takeTokens([slot('a')]);
    clock.advanceMs(4_000);
    expect((await store.takeTokens([slot('b')])).limits[0]).toMatchObject({ remaining: 0, resetMs: 10_000 });
    expect((await store.takeTokens([slot('c')])).limits[0]).toMatchObject({ allowed: false, retryAfterMs: 1_000 });
    expect((await store.takeTokens([slot('a')])).allowed).toBe(true);
    await store.takeTokens([release('b'), { ...release('x'), key: 'none' }]);
    await store.takeTokens([release('unknown')]);
    expect((await store.takeTokens([slot('c')])).allowed).toBe(true);
    clock.advanceMs(10_000);
    expect((await store.takeTokens([slot('d')])).limits[0]).toMatchObject({ remaining: 1 });
  });

  it('gives tokens and a slot back in one step', async () => {
    await store.takeTokens([window(900), slot('a'), slot('b', { key: 'others' })]);
    const given = await store.takeTokens([window(-800, { force: true }), release('a')]);
    expect(given.limits.map(({ remaining }) => remaining)).toEqual([900, 2]);
    expect((await store.takeTokens([slot('c', { key: 'others' })])).limits[0]?.remaining).toBe(0);
  });

  it('leaves for others what has to be spared', async () => {
    const spared = [bucket(50, { spare: 10 }), window(900, { spare: 100 }), slot('a', { spare: 1 })];
    expect((await store.takeTokens(spared)).allowed).toBe(true);
    expect((await store.takeTokens([bucket(1, { spare: 10 })])).limits[0]).toMatchObject({
      allowed: false,
      remaining: 10,
      retryAfterMs: 1_000,
    });
    expect((await store.takeTokens([window(1, { spare: 100 })])).allowed).toBe(false);
    expect((await store.takeTokens([slot('b', { spare: 1 })])).allowed).toBe(false);
    expect((await store.takeTokens([bucket(10), window(100), slot('b')])).allowed).toBe(true);
  });

  it('refuses calls that no configuration can mean', async () => {
    await expect(store.takeTokens([bucket(1), bucket(1)])).rejects.toThrow(RangeError);
    await expect(store.takeTokens([bucket(0.5)])).rejects.toThrow(RangeError);
    await expect(store.takeTokens([bucket(1, { capacity: 0 })])).rejects.toThrow(RangeError);
    await expect(store.takeTokens([bucket(1, { spare: 60 })])).rejects.toThrow(RangeError);
    await expect(
      store.takeTokens(Array.from({ length: 65 }, (_, index) => bucket(1, { key: `k${index}` }))),
    ).rejects.toThrow(RangeError);
  });

  it('decides an empty call as allowed', async () => {
    expect(await store.takeTokens([])).toEqual({ allowed: true, limits: [] });
  });
});

describe.each(openers)('KeyValue in real time: %s', (_name, opener) => {
  it('forgets a value after its time', async () => {
    const store = await open(opener);
    await store.set('short', 'x', { ttlMs: 40 });
    expect(await store.get('short')).not.toBeNull();
    await sleep(80);
    expect(await store.get('short')).toBeNull();
    await store.close();
  });

  it('refills by the clock of the store', async () => {
    const store = await open(opener);
    const fast = bucket(60, { refillMs: 600 });
    expect((await store.takeTokens([fast])).allowed).toBe(true);
    expect((await store.takeTokens([fast])).allowed).toBe(false);
    await sleep(650);
    expect((await store.takeTokens([fast])).allowed).toBe(true);
    await store.close();
  });
});

describe('KeyValue implementations', () => {
  const amount = fc.integer({ min: -20, max: 60 });
  const force = fc.boolean();
  const spare = fc.integer({ min: 0, max: 2 });
  const request = fc.oneof(
    fc.record({
      kind: fc.constant('bucket' as const),
      key: fc.constant('b7'),
      capacity: fc.constant(7),
      refillMs: fc.constant(60_000),
      amount,
      force,
      spare,
    }),
    fc.record({
      kind: fc.constant('bucket' as const),
      key: fc.constant('b1000'),
      capacity: fc.constant(1_000),
      refillMs: fc.constant(333),
      amount,
      force,
      spare,
    }),
    fc.record({
      kind: fc.constant('window' as const),
      key: fc.constant('w'),
      limit: fc.constant(97),
      windowMs: fc.constant(700),
      amount,
      force,
      spare,
    }),
    fc.record({
      kind: fc.constant('slots' as const),
      key: fc.constant('s'),
      limit: fc.constant(3),
      holder: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      leaseMs: fc.constant(500),
      release: fc.boolean(),
      spare,
    }),
  );
  const step = fc.record({
    waitMs: fc.integer({ min: 0, max: 900 }),
    requests: fc.uniqueArray(request, { selector: ({ key }) => key, maxLength: 4 }),
  });

  it('decide every history alike, to the last number', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const clock = new ManualClock();
        const memory = await open(openMemory, clock);
        const redis = await open(openRedis, clock);
        try {
          for (const { waitMs, requests } of steps) {
            clock.advanceMs(waitMs);
            expect(await redis.takeTokens(requests)).toEqual(await memory.takeTokens(requests));
          }
        } finally {
          await Promise.all([memory.close(), redis.close()]);
        }
      }),
      { numRuns: 60 },
    );
  });
});
