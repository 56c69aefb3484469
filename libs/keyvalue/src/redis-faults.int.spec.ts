import { silentLogger, sleep } from '@ao/kernel';
import { startRedis, waitFor, type RealServer } from '@ao/testing';
import type { KeyValue } from './key-value.js';
import type { LimitRequest } from './limits/limit.js';
import { withLocalLimits } from './local-limits.js';
import { openMemoryKeyValue } from './memory-key-value.js';
import { openRedisKeyValue } from './redis-key-value.js';

const unavailable = { code: 'backend_unavailable', status: 503 };
const take: LimitRequest = { kind: 'bucket', key: 'k', capacity: 3, refillMs: 60_000, amount: 1 };

describe('Redis that fails', () => {
  let server: RealServer;
  let store: KeyValue;

  beforeEach(async () => {
    server = await startRedis();
    store = openRedisKeyValue({ url: server.url });
    await waitFor(async () => (await store.health()).ok);
  });

  afterEach(async () => {
    await store.close();
    await server.kill();
  });

  it('[PF-007] recovers by itself when Redis was killed and is back', async () => {
    await store.takeTokens([take]);
    await server.kill();
    await expect(store.get('k')).rejects.toMatchObject(unavailable);
    expect((await store.health()).ok).toBe(false);
    server = await startRedis({ port: server.port });
    await waitFor(async () => (await store.takeTokens([take])).allowed, { timeoutMs: 8_000 });
  });

  it('answers within the deadline when Redis hangs, then at once while the breaker is open, and closes it again', async () => {
    process.kill(server.pid, 'SIGSTOP');
    const failOne = () => store.takeTokens([take]).catch((error: unknown) => error);
    for (let failure = 1; failure <= 5; failure += 1) {
      expect(await failOne()).toMatchObject({ ...unavailable, internal: 'no answer within 50 ms' });
    }
    expect(await failOne()).toMatchObject({ ...unavailable, internal: 'the circuit breaker is open' });
    process.kill(server.pid, 'SIGCONT');
    await sleep(500);
    await waitFor(async () => (await store.takeTokens([{ ...take, key: 'other' }])).allowed);
  });

  it('fails at once before the first connection', async () => {
    const away = openRedisKeyValue({ url: 'redis://127.0.0.1:1' });
    await expect(away.set('k', 'v', { ttlMs: 1_000 })).rejects.toMatchObject(unavailable);
    expect((await away.health()).ok).toBe(false);
    await away.close();
  });

  it('keeps limiting from memory while it is away, says so once, and shares again afterwards', async () => {
    const messages: string[] = [];
    const log = (_fields: object, message: string): void => void messages.push(message);
    const limits = withLocalLimits(store, openMemoryKeyValue(), { ...silentLogger, warn: log, info: log });
    await limits.takeTokens([take]);
    await server.kill();
    const decisions = [];
    for (let call = 0; call < 4; call += 1) decisions.push(await limits.takeTokens([take]));
    expect(decisions.map(({ allowed, local }) => [allowed, local])).toEqual([
      [true, true],
      [true, true],
      [true, true],
      [false, true],
    ]);
    await expect(limits.get('k')).rejects.toMatchObject(unavailable);
    server = await startRedis({ port: server.port });
    await waitFor(async () => (await store.health()).ok, { timeoutMs: 8_000 });
    await waitFor(async () => (await limits.takeTokens([take])).local === undefined);
    expect(messages).toEqual([
      'limits are kept per replica: the shared store is away',
      'limits are shared between replicas again',
    ]);
  });
});
