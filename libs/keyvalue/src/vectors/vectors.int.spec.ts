import { randomUUID } from 'node:crypto';
import { ManualClock } from '@ao/kernel';
import { waitFor } from '@ao/testing';
import type { KeyValue } from '../key-value.js';
import { openMemoryKeyValue } from '../memory-key-value.js';
import { openRedisKeyValue } from '../redis-key-value.js';

/** On a server with vector sets (Redis 8) these run against its index, else against what stands in for it. */
const openers: [string, (clock: ManualClock) => KeyValue][] = [
  ['memory', (clock) => openMemoryKeyValue({ clock })],
  [
    'redis',
    () =>
      openRedisKeyValue({
        url: process.env.TEST_REDIS_URL ?? '',
        keyPrefix: `${randomUUID()}:`,
        deadlineMs: 1_000,
      }),
  ],
];

/** The direction at an angle whose cosine to the first axis is given. */
const at = (cosine: number): Float32Array => Float32Array.from([cosine, Math.sqrt(1 - cosine * cosine), 0, 0]);
const options = { ttlMs: 60_000, vectorsMax: 10 };

describe.each(openers)('vectors and counts: %s', (_name, opener) => {
  let store: KeyValue;
  let clock: ManualClock;

  beforeEach(async () => {
    clock = new ManualClock();
    store = opener(clock);
    await waitFor(async () => (await store.health()).ok);
  });
  afterEach(() => store.close());

  const nearest = async (set: string, cosine: number, partition = 'p', count = 1) =>
    (await store.vectors.nearest(set, { partition, vector: at(cosine) }, count)).map(({ id }) => id);

  it('[CA-004] finds the nearest of a partition, nearest first, with their cosines', async () => {
    for (const [id, cosine] of [
      ['far', 0.1],
      ['near', 0.95],
      ['nearer', 0.99],
    ] as const) {
      await store.vectors.add('set', { partition: 'p', id, vector: at(cosine) }, options);
    }
    await store.vectors.add('set', { partition: 'q', id: 'elsewhere', vector: at(1) }, options);
    await store.vectors.add('other', { partition: 'p', id: 'theirs', vector: at(1) }, options);
    const found = await store.vectors.nearest('set', { partition: 'p', vector: at(1) }, 2);
    expect(found.map(({ id }) => id)).toEqual(['nearer', 'near']);
    expect(found[0]!.similarity).toBeCloseTo(0.99, 4);
    expect(found[1]!.similarity).toBeCloseTo(0.95, 4);
    expect(await nearest('set', 1, 'q')).toEqual(['elsewhere']);
    expect(await nearest('set', 1, 'nobody')).toEqual([]);
    expect(await nearest('nothing', 1)).toEqual([]);
  });

  it('[CA-007] keeps no more than the cap of a set, the one used least lately goes first', async () => {
    const two = { ttlMs: 60_000, vectorsMax: 2 };
    const add = (id: string, cosine: number, partition = 'p') =>
      store.vectors.add('set', { partition, id, vector: at(cosine) }, two);
    await add('first', 0.9);
    await add('second', 0.1, 'q');
    await store.vectors.touch('set', { partition: 'p', id: 'first' });
    await add('third', 0.5);
    expect(await nearest('set', 1, 'p', 5)).toEqual(['first', 'third']);
    expect(await nearest('set', 1, 'q', 5)).toEqual([]);
    await add('fourth', 0.2, 'q');
    expect(await nearest('set', 1, 'p', 5)).toEqual(['third']);
    await store.vectors.touch('set', { partition: 'p', id: 'first' });
    expect(await nearest('set', 1, 'p', 5)).toEqual(['third']);
  });

  it('[CA-004] replaces a vector by its id, and removes it', async () => {
    await store.vectors.add('set', { partition: 'p', id: 'one', vector: at(0.1) }, options);
    await store.vectors.add('set', { partition: 'p', id: 'one', vector: at(0.8) }, options);
    const found = await store.vectors.nearest('set', { partition: 'p', vector: at(1) }, 5);
    expect(found).toHaveLength(1);
    expect(found[0]!.similarity).toBeCloseTo(0.8, 4);
    await store.vectors.remove('set', { partition: 'p', id: 'one' });
    expect(await nearest('set', 1)).toEqual([]);
  });

  it('[CA-003] forgets a set after its time', async () => {
    await store.vectors.add('set', { partition: 'p', id: 'one', vector: at(1) }, { ttlMs: 200, vectorsMax: 2 });
    expect(await nearest('set', 1)).toEqual(['one']);
    clock.advanceMs(201);
    await waitFor(async () => (await nearest('set', 1)).length === 0);
  });

  it('[CA-011] adds to counts exactly, each name by itself', async () => {
    const added = Array.from({ length: 20 }, () =>
      store.addCounts('c', { hits: 1n, saved: 9_007_199_254_740_993n }, { ttlMs: 60_000 }),
    );
    await Promise.all(added);
    await store.addCounts('c', { misses: 1n }, { ttlMs: 60_000 });
    expect(await store.getCounts('c')).toEqual({ hits: 20n, saved: 180_143_985_094_819_860n, misses: 1n });
    expect(await store.getCounts('none')).toEqual({});
  });

  it('[CA-011] counts the members that have not ended, up to a number', async () => {
    const add = (member: string, ttlMs: number) => store.addMember('m', member, { ttlMs, membersMax: 3 });
    await add('brief', 200);
    await add('a', 60_000);
    await add('a', 60_000);
    expect(await store.countMembers('m')).toBe(2);
    clock.advanceMs(201);
    await waitFor(async () => (await store.countMembers('m')) === 1);
    for (const member of ['b', 'c', 'd']) await add(member, 60_000);
    expect(await store.countMembers('m')).toBe(3);
    expect(await store.countMembers('none')).toBe(0);
  });
});
