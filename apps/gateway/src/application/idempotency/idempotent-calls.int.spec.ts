import { sleep } from '@ao/kernel';
import { openRedisKeyValue, type KeyValue } from '@ao/keyvalue';
import { startRedis, waitFor, type RealServer } from '@ao/testing';
import { Gateway, answering, streaming } from './test-gateway.suite.js';

/** As in production, but for the time that a busy machine needs. */
const DEADLINE_MS = 1_000;

describe('calls with an idempotency key, over Redis', () => {
  let server: RealServer;
  let stores: KeyValue[];

  beforeEach(async () => {
    server = await startRedis();
    stores = [1, 2].map(() => openRedisKeyValue({ url: server.url, deadlineMs: DEADLINE_MS }));
    await Promise.all(stores.map((store) => waitFor(async () => (await store.health()).ok)));
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await server.kill();
  });

  const gateways = (perform: ReturnType<typeof answering>): Gateway[] =>
    stores.map((store, index) => new Gateway(perform, store, { leaseMs: 5_000, retentionMs: 60_000, id: `g${index}` }));

  it('[WL-011] run once for forty at once on two gateways', async () => {
    const both = gateways(answering());
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => both[index % 2]!.send()));
    expect(both.map(({ runs }) => runs).toSorted()).toEqual([0, 1]);
    expect(new Set(answers.map(({ body }) => body.toString())).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['x-ao-idempotent-replay'] === 'true')).toHaveLength(39);
  });

  it('[WL-011] are repeated byte for byte by the other gateway', async () => {
    const [one, two] = gateways(streaming);
    expect((await two!.send()).body).toEqual((await one!.send()).body);
    expect([one!.runs, two!.runs].toSorted()).toEqual([0, 1]);
  });

  it('[WL-011] are refused while Redis is dead, within its deadline, and go on when it is back', async () => {
    const [gateway] = gateways(answering());
    await server.kill();
    const startedMs = performance.now();
    await expect(gateway!.send()).rejects.toMatchObject({ code: 'backend_unavailable', retryAfterSeconds: 1 });
    expect(performance.now() - startedMs).toBeLessThan(DEADLINE_MS + 500);
    expect(gateway!.runs).toBe(0);
    server = await startRedis({ port: server.port });
    await waitFor(async () => (await gateway!.send().catch(() => null))?.status === 200, { timeoutMs: 8_000 });
  });

  it('give their answer when Redis dies while they run', async () => {
    const [gateway] = gateways(async (out) => {
      await server.kill();
      await sleep(20);
      return answering()(out);
    });
    expect(await gateway!.send()).toMatchObject({ status: 200, ended: true });
    await gateway!.calls.stop(5_000);
  });
});
