import { limitRule, principal as principalContract, principalExample, type Principal } from '@ao/contracts';
import { openMemoryKeyValue, openRedisKeyValue, withLocalLimits, type KeyValue } from '@ao/keyvalue';
import { silentLogger } from '@ao/kernel';
import { startRedis, waitFor, type RealServer } from '@ao/testing';
import type { LimitedCall } from './call-limits.js';
import { DeploymentLimits } from './deployment-limits.js';
import { LimitRules } from './limit-rules.js';
import { LimitStore } from './limit-store.js';
import { Limits, type Admission } from './limits.js';

/** As in production, but for the time that a busy machine needs. */
const DEADLINE_MS = 1_000;
/** Production's own, and what a busy machine adds. */
const AWAY_DEADLINE_MS = 50;
const SLACK_MS = 100;

const example = principalContract.parse(principalExample);
const rules = new LimitRules([
  limitRule.parse({ id: 'lim_1', orgId: 'org_1', scope: { kind: 'team', id: 'team_60' }, requestsPerMinuteMax: 60 }),
]);

let calls = 0;
const call = (principal: Partial<Principal>, tokensBound = 0): LimitedCall => ({
  principal: { ...example, ...principal },
  callId: `req_${(calls += 1)}`,
  model: 'gpt-4o',
  tags: [],
  endUserId: null,
  sessionId: null,
  clientAddress: null,
  tokensBound,
  signal: null,
});

describe('limits over two replicas and one Redis', () => {
  let server: RealServer;
  let stores: KeyValue[];
  let replicas: Limits[];

  beforeAll(async () => {
    server = await startRedis();
    stores = [1, 2].map(() => openRedisKeyValue({ url: server.url, deadlineMs: DEADLINE_MS }));
    await Promise.all(stores.map((store) => waitFor(async () => (await store.health()).ok)));
    replicas = stores.map((store) => new Limits(store, silentLogger, { rules: () => rules }));
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await server.kill();
  });

  /** Spreads calls over both replicas; null for one that was refused. */
  const spread = (count: number, toCall: (index: number) => LimitedCall): Promise<(Admission | null)[]> =>
    Promise.all(
      Array.from({ length: count }, async (_, index) => {
        try {
          return await replicas[index % 2]!.admit(toCall(index));
        } catch (error) {
          expect(error).toMatchObject({ code: 'rate_limit_exceeded', retryAfterSeconds: expect.any(Number) });
          return null;
        }
      }),
    );
  const admitted = (answers: unknown[]): number => answers.filter((answer) => answer !== null).length;

  it('[RL-001] let 60 requests of a key through in a minute, and refuse the 61st', async () => {
    const startedMs = performance.now();
    const answers = await spread(100, () => call({ keyId: 'key_60', requestsPerMinuteMax: 60 }));
    // A bucket gives one more for each second that the burst took.
    const refilled = Math.floor((performance.now() - startedMs) / 1_000);
    expect(admitted(answers)).toBeGreaterThanOrEqual(60);
    expect(admitted(answers)).toBeLessThanOrEqual(60 + refilled);
  });

  it('[RL-001] hold all keys of a team to the limit of the team', async () => {
    const startedMs = performance.now();
    const answers = await spread(100, (index) => call({ keyId: `key_${index % 5}`, teamId: 'team_60' }));
    const refilled = Math.floor((performance.now() - startedMs) / 1_000);
    expect(admitted(answers)).toBeGreaterThanOrEqual(60);
    expect(admitted(answers)).toBeLessThanOrEqual(60 + refilled);
  });

  it('[RL-003] open five calls of a key at once, refuse the sixth, and free a slot on either replica', async () => {
    const key = { keyId: 'key_5', concurrencyMax: 5 };
    const open = (await spread(12, () => call(key))).filter((answer) => answer !== null);
    expect(open).toHaveLength(5);
    open[0]!.finish(0);
    await waitFor(async () => (await Promise.allSettled([replicas[1]!.admit(call(key))]))[0].status === 'fulfilled');
    expect(admitted(await spread(2, () => call(key)))).toBe(0);
  });

  it('[RL-006] pass 900 tokens of 1,000, refuse 200 more, and count what was really used', async () => {
    const modelLimits = [{ model: 'gpt-4o', requestsPerMinuteMax: null, tokensPerMinuteMax: 1_000 }];
    const key = { keyId: 'key_tokens', modelLimits };
    const first = await replicas[0]!.admit(call(key, 900));
    await expect(replicas[1]!.admit(call(key, 200))).rejects.toMatchObject({ code: 'rate_limit_exceeded' });
    first!.finish(300);
    await waitFor(
      async () => (await Promise.allSettled([replicas[1]!.admit(call(key, 200))]))[0].status === 'fulfilled',
    );
  });

  it('[RT-015] keep a deployment within what its provider allows', async () => {
    const shares = stores.map(
      (store) => new DeploymentLimits(new LimitStore(store), (error) => expect(error).toBeNull()),
    );
    const deployment = { id: 'dep_1', requestsPerMinuteMax: null, tokensPerMinuteMax: 1_000, concurrencyMax: 3 };
    const take = async (index: number, tokens = 100) => shares[index % 2]!.take(deployment, `try_${index}`, tokens);
    const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => take(index)));
    const taken = answers.filter((answer) => answer.kind === 'admitted');
    expect(taken).toHaveLength(3);
    for (const answer of answers) if (answer.kind === 'refused') expect(answer.retryAfterMs).toBeGreaterThan(0);
    for (const share of taken) share.finish(300);
    await waitFor(async () => (await take(8)).kind === 'admitted');
    // 900 were used, and 100 are taken: a slot is free, and no token.
    expect((await take(9, 1)).kind).toBe('refused');
  });

  it('[RT-015] ask nobody about a deployment without limits', () => {
    const away = { takeTokens: () => Promise.reject(new Error('asked')) };
    const limits = new DeploymentLimits(new LimitStore(away), (error) => expect(error).toBeNull());
    const open = { id: 'dep_2', requestsPerMinuteMax: null, tokensPerMinuteMax: null, concurrencyMax: null };
    const share = limits.take(open, 'try_1', 5);
    expect(share).toMatchObject({ kind: 'admitted' });
    if ('finish' in share) share.finish(5);
  });
});

describe('limits while Redis is away', () => {
  it('go on from memory within the deadline, say so, and stop saying so', async () => {
    let server = await startRedis();
    const redis = openRedisKeyValue({ url: server.url, deadlineMs: AWAY_DEADLINE_MS });
    const shared = withLocalLimits(redis, openMemoryKeyValue(), silentLogger);
    const store = new LimitStore(shared);
    const limits = new Limits(store, silentLogger);
    const key = { keyId: 'key_away', requestsPerMinuteMax: 1_000, concurrencyMax: 2 };
    try {
      await waitFor(async () => (await redis.health()).ok);
      const before = await limits.admit(call(key));
      expect(before!.headers).not.toHaveProperty('x-ao-limits');

      process.kill(server.pid, 'SIGSTOP');
      for (let round = 0; round < 8; round += 1) {
        const startedMs = performance.now();
        const admission = await limits.admit(call(key));
        expect(performance.now() - startedMs).toBeLessThan(AWAY_DEADLINE_MS + SLACK_MS);
        expect(admission!.headers).toMatchObject({ 'x-ao-limits': 'local', 'x-ratelimit-limit': '1000' });
        admission!.finish(0);
        await waitFor(() => store.fallbacks === 2 * (round + 1));
      }
      await server.kill();
      server = await startRedis({ port: server.port });
      await waitFor(
        async () => {
          const admission = await limits.admit(call(key));
          admission!.finish(0);
          return admission!.headers['x-ao-limits'] === undefined;
        },
        { timeoutMs: 8_000 },
      );
    } finally {
      await shared.close();
      await server.kill();
    }
  });
});
