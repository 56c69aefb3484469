import { jest } from '@jest/globals';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import type { ApiAnswer, ApiClient } from './testing/api-client.js';
import { ModelFile } from './testing/model-file.js';
import { modes, openHome, type PlatformHome } from './testing/platform-home.js';
import { childPid, startPlatform, type RunningPlatform } from './testing/start-platform.js';
import { createTenant, expectStatus } from './testing/tenants.js';

jest.setTimeout(120_000);

const messages = [{ role: 'user' as const, content: 'Still there?' }];
const COSTS = { inputCost: 0.000001, outputCost: 0.000002 };
const CALLERS = 50;
const COOLDOWN_S = 1;
/**
 * A store that hangs costs a call its deadline of 50 ms, until the gateway stops asking; the rest is for a busy machine, where
 * single calls say little.
 */
const SLOWER_MS_MAX = 300;
const ANSWERED_WITHIN_MS = 5_000;
const RETRIES = 1;

interface Timed extends ApiAnswer {
  durationMs: number;
}

describe.each(modes)('bad days, %s', (mode) => {
  let provider: Simulator;
  let models: ModelFile;
  let home: PlatformHome;
  let platform: RunningPlatform;
  let api: ApiClient;

  beforeAll(async () => {
    provider = await startSimulator();
    const at = { baseUrl: `${provider.url}/v1`, ...COSTS };
    models = await ModelFile.create(
      [
        { name: 'chat', model: 'sim-chat', ...at },
        { name: 'failing', model: 'sim-failing#fault=500', order: 1, ...at },
        { name: 'failing', model: 'sim-healthy', order: 2, ...at },
        { name: 'down', model: 'sim-down-1', ...at },
        { name: 'down', model: 'sim-down-2', ...at },
      ],
      {},
      { cooldown_time: COOLDOWN_S, num_retries: RETRIES },
    );
    home = await openHome(mode, { ownServers: true });
    platform = await startPlatform(mode, { AO_CONFIG: models.path }, home);
    api = (await createTenant(platform.admin, '50', { rpm_limit: 100_000 })).api;
    expectStatus(await chat(), 200);
  });
  beforeEach(() => provider.reset());
  afterAll(async () => {
    if (platform?.program.running) await platform.stop();
    await Promise.all([provider?.stop(), models?.remove(), home?.remove()]);
  });

  const chat = async (model = 'chat'): Promise<Timed> => {
    const startedMs = performance.now();
    const answer = await api.chat({ model, max_tokens: 50, messages });
    return { ...answer, durationMs: performance.now() - startedMs };
  };
  const meanMs = (answers: Timed[]): number =>
    answers.reduce((sum, { durationMs }) => sum + durationMs, 0) / answers.length;
  const expectHardlySlower = (answers: Timed[], before: Timed[]): void => {
    expect(meanMs(answers)).toBeLessThan(meanMs(before) + SLOWER_MS_MAX);
    for (const { durationMs } of answers) expect(durationMs).toBeLessThan(ANSWERED_WITHIN_MS);
  };
  const untilShared = (): Promise<unknown> =>
    waitFor(async () => (await chat()).headers.get('x-ao-limits') === null, { timeoutMs: 20_000 });
  const inTurn = async (count: number, model?: string): Promise<Timed[]> => {
    const answers: Timed[] = [];
    for (let turn = 0; turn < count; turn += 1) answers.push(await chat(model));
    return answers;
  };
  const atOnce = (model: string): Promise<Timed[]> => Promise.all(Array.from({ length: CALLERS }, () => chat(model)));
  const ready = (): Promise<ApiAnswer> => platform.admin.as(null).get('/ready');
  const asked = (prefix: string): number => provider.requests.filter(({ model }) => model.startsWith(prefix)).length;

  it('[RT-010] all deployments down: each caller is told, providers are left in peace, and all serve once they are back', async () => {
    provider.setDefaults('fault=503');
    const first = await atOnce('down');
    for (const { status } of first) expect([502, 503]).toContain(status);
    // None more than its first attempt and its retries.
    expect(asked('sim-down')).toBeLessThanOrEqual(CALLERS * (1 + RETRIES));
    const before = asked('sim-down');
    const startedMs = performance.now();
    let pauses = 0;
    for (; performance.now() - startedMs < 3_000; pauses += 1) {
      for (const { status, headers, body } of await atOnce('down')) {
        expect([502, 503]).toContain(status);
        if (status === 502) continue;
        expect(body.error.code).toBe('no_deployment_available');
        expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      }
    }
    expect(pauses).toBeGreaterThan(1);
    // Each of the two is probed after 1 s, after 2 s more and so on, by one call.
    const probes = Math.ceil(Math.log2((performance.now() - startedMs) / 1_000 / COOLDOWN_S + 2));
    expect(asked('sim-down') - before).toBeLessThanOrEqual(2 * probes);

    provider.setDefaults('');
    await waitFor(async () => (await atOnce('down')).every(({ status }) => status === 200), {
      timeoutMs: 20_000,
      description: 'all callers to be served again',
    });
  });

  if (mode === 'standalone') return;

  it('Redis away: limits go on per gateway and say so, calls are hardly slower, /ready says so, and it recovers', async () => {
    await untilShared();
    const before = await inTurn(20);
    const bringBack = await home.kill('redis');
    const without = await inTurn(40);
    for (const { status, headers } of without) {
      expect([status, headers.get('x-ao-limits')]).toEqual([200, 'local']);
      expect(headers.get('x-ratelimit-limit')).toBe('100000');
    }
    expectHardlySlower(without, before);
    const [failedOver] = await inTurn(1, 'failing');
    expect(failedOver!.headers.get('x-ao-model')).toBe('sim-healthy');
    await waitFor(async () => (await ready()).status === 503, { timeoutMs: 10_000 });
    expect((await ready()).body.checks.redis).toMatchObject({ ok: false });
    await bringBack();
    await waitFor(async () => (await ready()).status === 200, { timeoutMs: 20_000 });
    await untilShared();
  });

  it('Redis that hangs costs a call no more than its deadline, and then nothing', async () => {
    const before = await inTurn(20);
    const resume = home.hang('redis');
    try {
      const without = await inTurn(40);
      for (const { status, headers } of without) {
        expect([status, headers.get('x-ao-limits')]).toEqual([200, 'local']);
      }
      expectHardlySlower(without, before);
    } finally {
      resume();
    }
    await untilShared();
  });

  it('[RT-004] one call probes at each gateway when no store says who does', async () => {
    provider.script({ model: 'sim-failing', behaviour: 'fault=500', times: 4 });
    await inTurn(4, 'failing');
    const bringBack = await home.kill('redis');
    try {
      const tried = asked('sim-failing');
      provider.script({ model: 'sim-failing', behaviour: 'fault=500&latency_ms=500' });
      await waitFor(async () => {
        await atOnce('failing');
        return asked('sim-failing') > tried;
      });
      expect(asked('sim-failing')).toBe(tried + 1);
    } finally {
      await bringBack();
    }
    await waitFor(async () => (await ready()).status === 200, { timeoutMs: 20_000 });
  });

  it.each(['SIGSTOP', 'SIGKILL'] as const)(
    'the routing service gone (%s): the last table serves, failover and circuits included',
    async (signal) => {
      const pid = childPid(platform, 'routing');
      process.kill(pid, signal);
      try {
        for (const { status } of await inTurn(5)) expect(status).toBe(200);
        for (const { status, headers } of await inTurn(8, 'failing')) {
          expect([status, headers.get('x-ao-model')]).toEqual([200, 'sim-healthy']);
        }
        expect(asked('sim-failing')).toBeLessThan(8);
        await waitFor(async () => (await ready()).status === 503, { timeoutMs: 20_000 });
      } finally {
        if (signal === 'SIGSTOP') process.kill(pid, 'SIGCONT');
      }
      await waitFor(async () => (await ready()).status === 200, { timeoutMs: 40_000 });
      expectStatus(await chat(), 200);
    },
  );
});
