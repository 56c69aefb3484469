import { openMemoryKeyValue, type LimitRequest } from '@ao/keyvalue';
import { sleep } from '@ao/kernel';
import { LimitStore } from './limit-store.js';

const LEASE_MS = 150;
const RENEW_EVERY_MS = 30;
const slot = (holder: string): LimitRequest => ({ kind: 'slots', key: 'calls', limit: 1, holder, leaseMs: LEASE_MS });

describe('the slots of calls under way', () => {
  it('[RL-003] are kept beyond their lease, and free once given back', async () => {
    const memory = openMemoryKeyValue();
    const store = new LimitStore(memory, RENEW_EVERY_MS);
    await store.take([slot('long')]);
    await sleep(3 * LEASE_MS);
    expect((await store.take([slot('other')])).allowed).toBe(false);
    await store.take([{ ...slot('long'), release: true } as LimitRequest]);
    await sleep(2 * RENEW_EVERY_MS);
    expect((await memory.takeTokens([slot('other')])).allowed).toBe(true);
  });

  it('[RL-003] come free by themselves when their gateway is gone', async () => {
    const memory = openMemoryKeyValue();
    await memory.takeTokens([slot('of a gateway that died')]);
    await sleep(LEASE_MS + 50);
    expect((await new LimitStore(memory).take([slot('other')])).allowed).toBe(true);
  });
});
