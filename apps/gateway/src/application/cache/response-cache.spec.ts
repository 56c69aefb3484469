import { openMemoryKeyValue, type KeyValue } from '@ao/keyvalue';
import { AppError, ManualClock, sleep } from '@ao/kernel';
import type { InboundCall } from '../calls/call.js';
import { NO_CONTROLS } from './cache-controls.js';
import {
  answer,
  callOf,
  completion,
  COST,
  facts,
  headersOf,
  expectHit,
  expectMiss,
  openCache,
  question,
  reportOf,
  type TestCache,
} from './test-cache.suite.js';

const ask = ({ cache }: TestCache, call: InboundCall, more: object = {}) => cache.begin(call, { ...facts, ...more });
const kept = completion('Hello.');

/** Asks, has the answer made, and asks again. */
async function askTwice(cache: TestCache, call: InboundCall, body: Buffer, options: object = {}, more: object = {}) {
  await answer(cache, await ask(cache, call, more), body, options);
  return ask(cache, call, more);
}

describe('the response cache', () => {
  it('[CA-001] gives what was answered before, under a key of its namespace', async () => {
    const cache = openCache();
    const call = callOf(question('Hi'));
    const first = expectMiss(await ask(cache, call));
    await answer(cache, first, kept);
    const { replay, saved, outcome, headers } = expectHit(await ask(cache, callOf(question('Hi', { user: 'else' }))));
    expect(replay.body.equals(kept)).toBe(true);
    expect([outcome, saved]).toEqual(['hit', COST]);
    expect(headers).toMatchObject({ 'x-cache': 'HIT', 'x-cache-confidence': '1', 'x-ao-provider': 'openai' });
    expect(headers['x-litellm-cache-key']).toMatch(/^cache:org_1:team_1::[0-9a-f]{64}$/);
    expect(headersOf(first)).toMatchObject({ 'x-cache': 'MISS', 'x-cache-confidence': '0' });
  });

  it('[CA-001] is not asked, nor paid for, where it is off, not asked for, or has nothing to give', () => {
    const off = openCache({ settings: { mode: 'off' } });
    const onDemand = openCache({ settings: { mode: 'default_off' } });
    const chatOnly = openCache({ settings: { callTypes: ['chat'] } });
    // No JSON: reading it would throw.
    const unread = callOf({}, { body: Buffer.from('no json') });
    expect(ask(off, unread)).toBeNull();
    expect(ask(onDemand, unread)).toBeNull();
    expect(ask(chatOnly, { ...unread, endpoint: '/v1/embeddings' })).toBeNull();
    for (const endpoint of ['/v1/audio/speech', 'native', '/v1/images/generations'] as const) {
      expect(ask(openCache(), { ...unread, endpoint })).toBeNull();
    }
    expect(ask(openCache(), unread, { ownKey: true })).toBeNull();
    expect(ask(openCache(), unread, { mediaOutput: true })).toBeNull();
    expect(ask(onDemand, callOf(question('Hi'), { cache: { ...NO_CONTROLS, useCache: true } }))).not.toBeNull();
  });

  it('[CA-001] refuses later what cannot be read, so that who waits for it can give its slot back', async () => {
    await expect(ask(openCache(), callOf({}, { body: Buffer.from('no json') }))).rejects.toMatchObject({
      code: 'invalid_json',
    });
  });

  it('[CA-008] keeps teams, keys without a team, organisations and named parts of them apart', async () => {
    const cache = openCache();
    await answer(cache, await ask(cache, callOf(question('Hi'))), kept);
    const strangers = [
      { as: { teamId: 'team_2' } },
      { as: { teamId: null } },
      { as: { orgId: 'org_2' } },
      { cache: { ...NO_CONTROLS, namespace: 'n' } },
    ];
    for (const stranger of strangers) expectMiss(await ask(cache, callOf(question('Hi'), stranger))).finish(null);
    expectHit(await ask(cache, callOf(question('Hi'), { as: { keyId: 'key_2' } })));
    const alone = { as: { teamId: null } };
    expectHit(await askTwice(cache, callOf(question('Hi'), alone), kept));
    expectMiss(await ask(cache, callOf(question('Hi'), { as: { teamId: null, keyId: 'key_2' } })));
  });

  it('[CA-003] forgets after the time of the call, of its team, of its model group, of the platform', async () => {
    const times = { ttlMsByTeam: { team_1: 3_000 }, ttlMsByModel: { chat: 2_000 } };
    const cases = [
      { call: callOf(question('1'), { cache: { ...NO_CONTROLS, ttlMs: 1_000 } }), ttlMs: 1_000 },
      { call: callOf(question('2')), ttlMs: 3_000 },
      { call: callOf(question('3'), { as: { teamId: null } }), ttlMs: 2_000 },
      { call: callOf(question('4'), { as: { teamId: null } }), ttlMs: 60_000, group: 'other' },
    ];
    for (const { call, ttlMs, group = 'chat' } of cases) {
      const cache = openCache({ settings: times });
      const of = { modelGroup: group };
      expectHit(await askTwice(cache, call, kept, { report: reportOf({ modelGroup: group }) }, of));
      cache.clock.advanceMs(ttlMs - 1);
      expectHit(await ask(cache, call, of));
      cache.clock.advanceMs(2);
      expectMiss(await ask(cache, call, of));
    }
    const never = callOf(question('5'), { cache: { ...NO_CONTROLS, ttlMs: 0 } });
    expectMiss(await askTwice(openCache(), never, kept));
  });

  it('[CA-003] takes no answer older than the caller will have', async () => {
    const cache = openCache();
    const young = callOf(question('Hi'), { cache: { ...NO_CONTROLS, ageMsMax: 500 } });
    expectHit(await askTwice(cache, young, kept));
    cache.clock.advanceMs(501);
    expectMiss(await ask(cache, young)).finish(null);
    expectHit(await ask(cache, callOf(question('Hi'))));
    // Nor is it found by its meaning instead.
    const semantic = { embeddingModel: 'embed', similarityMin: 0.9, questionsMax: 10 };
    const byMeaning = openCache({ settings: { semantic }, vectors: { Hi: 1 } });
    expectHit(await askTwice(byMeaning, young, kept));
    byMeaning.clock.advanceMs(501);
    expectMiss(await ask(byMeaning, young));
  });

  it.each([
    ['an error', kept, { status: 500 }],
    ['a failure', kept, { report: reportOf({ status: 502, errorCode: 'upstream_error' }) }],
    ['a stream that broke off', kept, { report: reportOf({ partial: true }) }],
    ['a call without an answer', kept, { report: null }],
    ['the answer of a fallback', kept, { report: reportOf({ modelGroup: 'other' }) }],
    ['an error that says it is none', Buffer.from('{"error":{"message":"no"}}'), {}],
    ['nothing', completion(''), {}],
    ['a tool call', completion('', 'tool_calls', { tool_calls: [{ id: 'c', function: { name: 'f' } }] }), {}],
    [
      'words before a tool call',
      completion('Wait.', 'stop', { tool_calls: [{ id: 'c', function: { name: 'f' } }] }),
      {},
    ],
    ['what was filtered', completion('Well', 'content_filter'), {}],
    ['what is too large', completion('x'.repeat(10_001)), {}],
    ['half a body', kept.subarray(0, 60), {}],
  ])('[CA-013] does not keep %s', async (_what, body, options) => {
    expectMiss(await askTwice(openCache(), callOf(question('Hi')), body, options));
  });

  it('[CA-013] drops an entry that was tampered with, or is another one, and asks again', async () => {
    const cache = openCache();
    const call = callOf(question('Hi'));
    const first = expectMiss(await ask(cache, call));
    await answer(cache, first, kept);
    const key = headersOf(first)['x-litellm-cache-key']!;
    const sealed = (await cache.store.get(key))!.toString();
    const other = expectMiss(await ask(cache, callOf(question('Other'))));
    const otherKey = headersOf(other)['x-litellm-cache-key']!;
    other.finish(null);
    const flipped = sealed.slice(0, 60) + (sealed[60] === 'A' ? 'B' : 'A') + sealed.slice(61);
    const forged = [
      { call, key, text: flipped },
      { call, key, text: 'v1.' },
      { call, key, text: '{"version":1}' },
      { call: callOf(question('Other')), key: otherKey, text: sealed },
    ];
    for (const { call: asked, key: at, text } of forged) {
      await cache.store.set(at, text, { ttlMs: 60_000 });
      const turn = expectMiss(await ask(cache, asked));
      expect(await cache.store.get(at)).toBeNull();
      turn.finish(null);
      await cache.cache.whenSaved();
    }
    await answer(cache, await ask(cache, call), kept);
    expectHit(await ask(cache, call));
  });

  it('[CA-012] forgets an organisation, an owner or a part of it, in every replica', async () => {
    const clock = new ManualClock();
    const store = openMemoryKeyValue({ clock });
    const [one, other] = [openCache({ store, clock }), openCache({ store, clock })];
    const inPart = callOf(question('Hi'), { cache: { ...NO_CONTROLS, namespace: 'n' } });
    const all = [callOf(question('Hi')), inPart, callOf(question('Hi'), { as: { teamId: 'team_2' } })];
    const fill = async (): Promise<void> => {
      for (const call of all) {
        const turn = await ask(one, call);
        if (turn?.kind === 'miss') await answer(one, turn, kept);
      }
    };
    const state = async (): Promise<(string | undefined)[]> => {
      const turns = [];
      for (const call of all) {
        const turn = await ask(other, call);
        if (turn?.kind === 'miss') turn.finish(null);
        await other.cache.whenSaved();
        turns.push(turn?.kind);
      }
      return turns;
    };
    await fill();
    expect(await state()).toEqual(['hit', 'hit', 'hit']);
    await one.entries.forget('org_1', 'team_1', 'n');
    expect(await state()).toEqual(['hit', 'miss', 'hit']);
    await fill();
    await one.entries.forget('org_1', 'team_1');
    expect(await state()).toEqual(['miss', 'miss', 'hit']);
    await fill();
    await one.entries.forget('org_2');
    expect(await state()).toEqual(['hit', 'hit', 'hit']);
    await one.entries.forget('org_1');
    expect(await state()).toEqual(['miss', 'miss', 'miss']);
    // What was asked before all was forgotten is not kept after it.
    const late = expectMiss(await ask(one, all[0]!));
    await one.entries.forget('org_1');
    await answer(one, late, kept);
    expectMiss(await ask(one, all[0]!));
  });

  it('[CA-011] counts hits, misses, entries and what was saved', async () => {
    const cache = openCache();
    const call = callOf(question('Hi'));
    expectHit(await askTwice(cache, call, kept));
    expectHit(await ask(cache, call));
    await sleep(0);
    expect(await cache.figures.read('org_1')).toEqual([
      { namespace: 'team_1', hits: 2, semanticHits: 0, misses: 1, entries: 1, saved: COST * 2n },
    ]);
    expect(await cache.figures.read('org_2')).toEqual([]);
    cache.clock.advanceMs(60_001);
    expect((await cache.figures.read('org_1'))[0]).toMatchObject({ hits: 2, entries: 0 });
  });

  it('[CA-001] goes on without a store that is away', async () => {
    const away = async (): Promise<never> => {
      throw new AppError('backend_unavailable', 'away');
    };
    const store: KeyValue = { ...openMemoryKeyValue(), get: away, set: away, setIfAbsent: away, addCounts: away };
    const cache = openCache({ store });
    const call = callOf(question('Hi'));
    for (const _ of [1, 2]) expect(await ask(cache, call)).toBeNull();
    expect(await ask(cache, { ...call, cache: { ...NO_CONTROLS, noCache: true } })).toBeNull();
    // It goes away while the answer is made: the caller has it all the same.
    const healthy = openMemoryKeyValue();
    let isAway = false;
    const failing: KeyValue = { ...healthy, set: (...given) => (isAway ? away() : healthy.set(...given)) };
    const later = openCache({ store: failing });
    const turn = await ask(later, call);
    isAway = true;
    await answer(later, turn, kept);
    expectMiss(await ask(later, call));
  });

  it('[CA-007] keeps no more for an organisation within an hour than it may', async () => {
    const cache = openCache({ settings: { organisationBytesPerHourMax: 1_500 } });
    expectHit(await askTwice(cache, callOf(question('1')), kept));
    expectMiss(await askTwice(cache, callOf(question('2')), kept));
  });
});
