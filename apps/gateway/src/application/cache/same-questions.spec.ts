import { openMemoryKeyValue, type KeyValue } from '@ao/keyvalue';
import { ManualClock, sleep, systemClock } from '@ao/kernel';
import type { InboundCall } from '../calls/call.js';
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
  type TestCache,
} from './test-cache.suite.js';

const ask = async ({ cache }: TestCache, call: InboundCall) => cache.begin(call, facts);
const kept = completion('Hello.');
const same = (more: object = {}): InboundCall => callOf(question('Hi'), more);

describe('the same question at once', () => {
  it('[CA-001] is asked once: all others are given its answer', async () => {
    const store = openMemoryKeyValue();
    let claims = 0;
    const counting: KeyValue = { ...store, setIfAbsent: (...given) => ((claims += 1), store.setIfAbsent(...given)) };
    const cache = openCache({ store: counting });
    const leader = await ask(cache, same());
    const followers = [same(), same(), same()].map((call) => ask(cache, call));
    await sleep(5);
    await answer(cache, leader, kept);
    expect(claims).toBe(1);
    for (const turn of await Promise.all(followers)) expect(expectHit(turn).replay.body.equals(kept)).toBe(true);
    // Nothing is left to wait for.
    expectHit(await ask(cache, same()));
  });

  it('[CA-001] is asked by each when the first fails, and by no one who has left', async () => {
    const cache = openCache();
    const leader = expectMiss(await ask(cache, same()));
    const leaving = new AbortController();
    const left = ask(cache, same({ signal: leaving.signal }));
    const followers = [same(), same()].map((call) => ask(cache, call));
    await sleep(5);
    leaving.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    leader.finish(null);
    for (const turn of await Promise.all(followers)) expectMiss(turn).finish(null);
    expectMiss(await ask(cache, same()));
  });

  it('[CA-001] is asked once by all replicas, and again when the one that had it is gone', async () => {
    const clock = new ManualClock();
    const store = openMemoryKeyValue({ clock });
    const replicas = [openCache({ store, clock }), openCache({ store, clock })] as const;
    const leader = expectMiss(await ask(replicas[0], same()));
    const elsewhere = ask(replicas[1], same());
    await sleep(40);
    await answer(replicas[0], leader, kept);
    expect(expectHit(await elsewhere).replay.body.equals(kept)).toBe(true);
    const other = callOf(question('Other'));
    const key = headersOf(expectMiss(await ask(replicas[0], other)))['x-litellm-cache-key'];
    const waiting = ask(replicas[1], callOf(question('Other')));
    await sleep(40);
    // Killed: its claim has ended.
    await store.delete(`cache-claim:${key}`);
    expectMiss(await waiting);
    const third = callOf(question('Third'));
    expectMiss(await ask(replicas[0], third));
    const bounded = ask(replicas[1], callOf(question('Third')));
    await sleep(40);
    // Whatever the first one does, no one waits for ever.
    clock.advanceMs(30_001);
    expectMiss(await bounded);
  });

  it('[CA-001] waits for no one whose answer is not to be kept', async () => {
    const cache = openCache();
    const noStore = {
      bypass: false,
      noCache: false,
      noStore: true,
      useCache: false,
      ttlMs: null,
      ageMsMax: null,
      namespace: null,
    };
    expectMiss(await ask(cache, same({ cache: noStore })));
    const startedMs = systemClock.monotonicMs();
    expectMiss(await ask(cache, same()));
    expect(systemClock.monotonicMs() - startedMs).toBeLessThan(1_000);
  });
});

describe('questions of the same meaning', () => {
  const semantic = { embeddingModel: 'embed', similarityMin: 0.92, questionsMax: 10 };
  const vectors = { first: 1, near: 0.95, far: 0.9, second: 0, 'like second': 0.1, third: -1 };
  const open = (more: object = {}) => openCache({ settings: { semantic: { ...semantic, ...more } }, vectors });
  const say = (text: string, more: object = {}) => callOf(question(text, more));

  it('[CA-006] are one from the similarity that is set, and not below', async () => {
    const cache = open();
    await answer(cache, await ask(cache, say('first')), kept);
    const hit = expectHit(await ask(cache, say('near')));
    expect([hit.outcome, hit.replay.body.toString()]).toEqual(['semantic', kept.toString()]);
    expect(hit.headers).toMatchObject({
      'x-cache': 'SEMANTIC',
      'x-cache-confidence': '0.9499',
      'x-litellm-semantic-similarity': '0.9499',
    });
    expectMiss(await ask(cache, say('far'))).finish(null);
    expect(cache.embedded).toEqual(['first', 'near', 'far']);
    const looser = open({ similarityMin: 0.9 });
    await answer(looser, await ask(looser, say('first')), kept);
    expect(expectHit(await ask(looser, say('far'))).outcome).toBe('semantic');
  });

  it('[CA-006] are none with another model, system prompt, history, tool or parameter, nor for another team', async () => {
    const cache = open();
    await answer(cache, await ask(cache, say('first')), kept);
    const system = { role: 'system', content: 'Be brief.' };
    const others = [
      say('near', { temperature: 1 }),
      say('near', { tools: [{ type: 'function' }] }),
      callOf({ ...question('near'), messages: [system, { role: 'user', content: 'near' }] }),
      callOf(question('near'), { as: { teamId: 'team_2' } }),
    ];
    for (const call of others) expectMiss(await ask(cache, call)).finish(null);
    expectMiss(await cache.cache.begin(say('near'), { ...facts, modelGroup: 'other' })).finish(null);
    expectHit(await ask(cache, say('near')));
  });

  it('[CA-007] are remembered up to a number: the one used least lately is forgotten', async () => {
    const cache = open({ questionsMax: 2 });
    await answer(cache, await ask(cache, say('first')), kept);
    await answer(cache, await ask(cache, say('second')), completion('Two.'));
    expectHit(await ask(cache, say('near')));
    await answer(cache, await ask(cache, say('third')), completion('Three.'));
    expectHit(await ask(cache, say('near')));
    expectMiss(await ask(cache, say('like second'))).finish(null);
    cache.clock.advanceMs(60_001);
    expectMiss(await ask(cache, say('near'))).finish(null);
  });

  it('[CA-006] are asked as they are when they have no embedding', async () => {
    const cache = open();
    await answer(cache, await ask(cache, say('unknown')), kept);
    expectHit(await ask(cache, say('unknown')));
  });
});
