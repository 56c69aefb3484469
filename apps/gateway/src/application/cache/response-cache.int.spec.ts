import { randomUUID } from 'node:crypto';
import { systemClock } from '@ao/kernel';
import { openRedisKeyValue, type KeyValue } from '@ao/keyvalue';
import { startRedis, waitFor } from '@ao/testing';
import {
  answer,
  callOf,
  completion,
  facts,
  headersOf,
  expectHit,
  expectMiss,
  openCache,
  question,
} from './test-cache.suite.js';

const kept = completion('Hello.');
const redisAt = (url: string, deadlineMs: number): KeyValue =>
  openRedisKeyValue({ url, keyPrefix: `ao:${randomUUID()}:`, deadlineMs });
const isUp = (store: KeyValue) => waitFor(async () => (await store.health()).ok);

describe('the response cache over Redis', () => {
  it('[CA-001] [CA-013] gives every replica what one kept, and nothing that was tampered with', async () => {
    const store = redisAt(process.env.TEST_REDIS_URL ?? '', 1_000);
    await isUp(store);
    try {
      const [one, other] = [openCache({ store }), openCache({ store })];
      const call = callOf(question('Hi'));
      const first = expectMiss(await one.cache.begin(call, facts));
      const key = headersOf(first)['x-litellm-cache-key']!;
      const waiting = other.cache.begin(callOf(question('Hi')), facts);
      await answer(one, first, kept);
      for (const turn of [await waiting!, await other.cache.begin(call, facts)]) {
        expect(expectHit(turn).replay.body.equals(kept)).toBe(true);
      }
      const sealed = (await store.get(key))!.toString();
      await store.set(key, `${sealed.slice(0, -4)}AAAA`, { ttlMs: 60_000 });
      expectMiss(await other.cache.begin(call, facts)).finish(null);
      await waitFor(async () => (await store.get(key)) === null);
      await waitFor(async () => (await one.figures.read('org_1'))[0]?.hits === 2);
      expect((await one.figures.read('org_1'))[0]).toMatchObject({ namespace: 'team_1', hits: 2, misses: 2 });
    } finally {
      await store.close();
    }
  });

  it('[CA-006] [CA-007] finds a question by its meaning from another replica', async () => {
    const store = redisAt(process.env.TEST_REDIS_URL ?? '', 1_000);
    await isUp(store);
    try {
      const given = {
        store,
        settings: { semantic: { embeddingModel: 'embed', similarityMin: 0.92, questionsMax: 2 } },
        vectors: { first: 1, near: 0.95, far: 0.9 },
      };
      const [one, other] = [openCache(given), openCache(given)];
      await answer(one, await one.cache.begin(callOf(question('first')), facts), kept);
      expect(expectHit(await other.cache.begin(callOf(question('near')), facts)).outcome).toBe('semantic');
      expectMiss(await other.cache.begin(callOf(question('far')), facts)).finish(null);
      await one.entries.forget('org_1');
      expectMiss(await other.cache.begin(callOf(question('near')), facts)).finish(null);
      await other.cache.whenSaved();
    } finally {
      await store.close();
    }
  });

  it('[CA-001] lets calls go on, and soon, while Redis is away', async () => {
    const redis = await startRedis();
    const store = redisAt(redis.url, 50);
    try {
      await isUp(store);
      const cache = openCache({ store });
      const turn = expectMiss(await cache.cache.begin(callOf(question('Hi')), facts));
      await redis.kill();
      await answer(cache, turn, kept);
      for (const text of ['Hi', 'Other', 'Third']) {
        const sinceMs = systemClock.monotonicMs();
        expect(await cache.cache.begin(callOf(question(text)), facts)).toBeNull();
        expect(systemClock.monotonicMs() - sinceMs).toBeLessThan(300);
      }
    } finally {
      await store.close();
      await redis.stop();
    }
  });
});
