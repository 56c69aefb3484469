import type { RouterSettings } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { openMemoryKeyValue } from '@ao/keyvalue';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import { UpstreamRefusal } from '../../application/calls/upstream-refusal.js';
import { CallHarness, readChatStream, type HarnessOptions, type TestDeployment } from './call-harness.suite.js';

const ask = { model: 'm', messages: [{ role: 'user', content: 'Why is it so?' }] };
const MANY = 1_000;

describe('a call whose deployment fails', () => {
  let simulator: Simulator;
  let harness: CallHarness;
  const opened: CallHarness[] = [];

  beforeAll(async () => {
    simulator = await startSimulator();
  });
  afterAll(() => simulator.stop());
  beforeEach(() => simulator.reset());
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
  });

  function open(
    deployments: (string | TestDeployment)[],
    settings: RouterSettings = {},
    more: Partial<HarnessOptions> = {},
  ): CallHarness {
    harness = new CallHarness({
      baseUrl: `${simulator.url}/v1`,
      deployments: deployments.map((each) => {
        if (typeof each !== 'string') return each;
        const [group, id] = each.includes('/') ? each.split('/') : ['m', each];
        return { id: id!, group: group! };
      }),
      settings,
      ...more,
    });
    opened.push(harness);
    return harness;
  }

  const fails = (model: string, behaviour: string, times = MANY): void => simulator.script({ model, behaviour, times });
  const askedModels = (): string[] => simulator.requests.map(({ model }) => String(model));

  describe('falls back', () => {
    it('[RT-010] to the groups that are named for its own, in their order, each with retries of its own', async () => {
      open(['a', 'n/b', 'o/c'], { retriesMax: 1, fallbacks: { m: ['n', 'o'] } });
      fails('a', 'fault=500');
      fails('b', 'fault=500');
      const { headers, report } = await harness.call(ask);
      expect(askedModels()).toEqual(['a', 'a', 'b', 'b', 'c']);
      expect(headers).toMatchObject({ 'x-ao-model': 'c', 'x-litellm-attempted-fallbacks': '2' });
      expect(report).toMatchObject({ status: 200, modelGroup: 'o', requestedModel: 'm' });
      expect(report.decision?.steps?.map(({ reason }) => reason)).toEqual(['retry', 'fallback', 'retry', 'fallback']);
    });

    it('[RT-010] to the default ones where its group has none of its own', async () => {
      open(['a', 'n/b'], { retriesMax: 0, defaultFallbacks: ['n'] });
      fails('a', 'fault=503');
      expect((await harness.call(ask)).headers).toMatchObject({ 'x-ao-model': 'b' });
    });

    it('[RT-010] and is told of the last failure when all have failed', async () => {
      open(['a', 'n/b'], { retriesMax: 0, fallbacks: { m: ['n', 'm'] } });
      fails('a', 'fault=500');
      fails('b', 'fault=429');
      const { error } = await harness.call(ask);
      expect((error as UpstreamRefusal).status).toBe(429);
      expect(askedModels()).toEqual(['a', 'b']);
    });

    it('[RT-011] for what a content policy refuses, and not to the general ones first', async () => {
      open(['a', 'n/b', 'o/c'], { fallbacks: { m: ['o'] }, contentPolicyFallbacks: { m: ['n'] } });
      fails('a', 'fault=content_policy');
      const { headers, report } = await harness.call(ask);
      expect(headers).toMatchObject({ 'x-ao-model': 'b' });
      expect(report.decision?.steps).toEqual([{ modelGroup: 'n', deploymentId: 'b', reason: 'content_policy' }]);
    });

    it('[RT-010] for a prompt that is too long, to a model with room for it', async () => {
      open(['a', 'n/b'], { contextWindowFallbacks: { m: ['n'] } });
      fails('a', 'fault=context_length_exceeded');
      expect((await harness.call(ask)).headers).toMatchObject({ 'x-ao-model': 'b' });
      expect(askedModels()).toEqual(['a', 'b']);
    });

    it('[RT-010] not for what is wrong wherever it is sent', async () => {
      open(['a', 'n/b'], { fallbacks: { m: ['n'] } });
      fails('a', 'fault=400');
      expect((await harness.call(ask)).error).toBeInstanceOf(UpstreamRefusal);
      expect(askedModels()).toEqual(['a']);
    });
  });

  describe('is tried again', () => {
    it.each([
      ['the group says', { retriesMax: 0, groups: { m: { retriesMax: 3 } } }, 'fault=500', 4],
      ['the router says', { retriesMax: 1 }, 'fault=500', 2],
      ['the kind of failure says', { retriesMax: 0, retryPolicy: { rateLimit: 2 } }, 'fault=429', 3],
      ['the kind of failure says, and no other', { retriesMax: 0, retryPolicy: { rateLimit: 2 } }, 'fault=500', 1],
    ])('[RT-014] as often as %s', async (_, settings, fault, attempts) => {
      open(['a'], settings);
      fails('a', fault);
      await harness.call(ask);
      expect(simulator.counts.requests).toBe(attempts);
    });

    it('[RT-014] no sooner than the provider asks by Retry-After', async () => {
      open(['a']);
      fails('a', 'fault=429&retry_after_s=1', 1);
      const startedMs = performance.now();
      const { status } = await harness.call(ask);
      expect(status).toBe(200);
      expect(performance.now() - startedMs).toBeGreaterThan(950);
    });

    it('[RT-014] not when the provider asks for more patience than a call has: the caller is told', async () => {
      open(['a']);
      fails('a', 'fault=429&retry_after_s=60');
      const { error } = await harness.call(ask);
      expect((error as UpstreamRefusal).retryAfter).toBe('60');
      expect(simulator.counts.requests).toBe(1);
    });

    it('[RT-014] elsewhere at once, whatever Retry-After says', async () => {
      open(['a', 'b']);
      fails('a', 'fault=429&retry_after_s=30');
      const startedMs = performance.now();
      expect((await harness.call(ask)).status).toBe(200);
      expect(performance.now() - startedMs).toBeLessThan(5_000);
    });

    it('[RT-014] only as long as the call may take in all', async () => {
      open(['a'], { totalTimeoutMs: 500, retriesMax: 10, cooldowns: false });
      fails('a', 'fault=silence');
      const startedMs = performance.now();
      const { error } = await harness.call(ask);
      expect(error).toMatchObject({ code: 'timeout' });
      expect(performance.now() - startedMs).toBeLessThan(2_000);
    });
  });

  describe('is left alone', () => {
    const settings = { retriesMax: 0, allowedFails: 2, cooldownMs: 300 };

    it('[RT-004] after so many failures, probed by one call after the pause, and called again after its success', async () => {
      open(['a', 'b'], settings);
      fails('a', 'fault=500', 3);
      for (let call = 0; call < 3; call += 1) await harness.call(ask);
      expect(harness.changes).toEqual([{ deploymentId: 'a', openForMs: 300 }]);
      const before = simulator.counts.requests;
      const meanwhile = await harness.call(ask);
      expect(meanwhile.headers).toMatchObject({ 'x-ao-model': 'b' });
      expect(meanwhile.report.decision?.candidates).toContainEqual(
        expect.objectContaining({ deploymentId: 'a', dropped: 'circuit open' }),
      );
      expect(simulator.counts.requests).toBe(before + 1);
      await waitFor(() => harness.state.deployments.admits('a', performance.now()));
      const probes = await Promise.all(Array.from({ length: 5 }, () => harness.call(ask)));
      expect(probes.filter(({ report }) => report.deploymentId === 'a')).toHaveLength(1);
      expect(harness.changes.at(-1)).toEqual({ deploymentId: 'a', openForMs: null });
      expect((await harness.call(ask)).headers).toMatchObject({ 'x-ao-model': 'a' });
    });

    it('[RT-004] twice as long after a probe that failed', async () => {
      open(['a', 'b'], settings);
      fails('a', 'fault=500');
      for (let call = 0; call < 3; call += 1) await harness.call(ask);
      await waitFor(() => harness.state.deployments.admits('a', performance.now()));
      await harness.call(ask);
      expect(harness.changes.map(({ openForMs }) => openForMs)).toEqual([300, 600]);
    });

    it('[RT-004] at once when it limits its rate and another one can serve', async () => {
      open(['a', 'b'], settings);
      fails('a', 'fault=429&retry_after_s=3');
      await harness.call(ask);
      expect(harness.changes).toEqual([{ deploymentId: 'a', openForMs: 3_000 }]);
    });

    it('[RT-004] in all gateways that share a store: one of them probes', async () => {
      const store = openMemoryKeyValue();
      const first = open(['a', 'b'], settings, {
        store,
        tell: (change) => second.state.deployments.hear(change, performance.now()),
      });
      const second = open(['a', 'b'], settings, { store });
      fails('a', 'fault=500', 3);
      for (let call = 0; call < 3; call += 1) await first.call(ask);
      expect((await second.call(ask)).headers).toMatchObject({ 'x-ao-model': 'b' });
      await waitFor(() => second.state.deployments.admits('a', performance.now()));
      fails('a', 'latency_ms=200', 1);
      const [one, other] = await Promise.all([first.call(ask), second.call(ask)]);
      expect([one.report.deploymentId, other.report.deploymentId].sort()).toEqual(['a', 'b']);
    });

    it('[RT-004] and probed by one call of each gateway, where the store that they share is away', async () => {
      const store = openMemoryKeyValue();
      store.setIfAbsent = () => Promise.reject(new AppError('backend_unavailable', 'The store is away.'));
      open(['a', 'b'], settings, { store });
      fails('a', 'fault=500', 3);
      for (let call = 0; call < 3; call += 1) await harness.call(ask);
      await waitFor(() => harness.state.deployments.admits('a', performance.now()));
      fails('a', 'latency_ms=200', 1);
      const calls = await Promise.all(Array.from({ length: 5 }, () => harness.call(ask)));
      expect(calls.filter(({ report }) => report.deploymentId === 'a')).toHaveLength(1);
    });

    it('[RT-004] and a call that finds the other one being probed goes back to the first, if that may pass', async () => {
      const store = openMemoryKeyValue();
      open(['a', 'b'], { ...settings, retriesMax: 2 }, { store });
      const { deployments } = harness.state;
      deployments.hear({ deploymentId: 'b', openForMs: 1 }, performance.now());
      await waitFor(() => deployments.admits('b', performance.now()));
      await store.setIfAbsent('circuit-probe:b', 'by another gateway', { ttlMs: 60_000 });
      fails('a', 'fault=500', 1);
      const { status, report } = await harness.call(ask);
      expect([status, report.deploymentId]).toEqual([200, 'a']);
      expect(askedModels()).toEqual(['a', 'a']);
      expect(report.attempts?.map(({ deploymentId }) => deploymentId)).toEqual(['a', 'a']);
    });

    it('[RT-010] and where nothing else can serve, callers are told when to come back, and nothing is asked', async () => {
      open(['a', 'b'], { ...settings, cooldownMs: 60_000 });
      fails('a', 'fault=500');
      fails('b', 'fault=500');
      // The last one that is left is asked for longer: only when all of twenty calls have failed it has its rest too.
      for (let call = 0; call < 3 + 21; call += 1) expect((await harness.call(ask)).status).toBe(502);
      expect(harness.changes.map(({ deploymentId }) => deploymentId)).toEqual(['a', 'b']);
      expect(await harness.refusal(ask)).toMatchObject({ code: 'no_deployment_available', retryAfterSeconds: 60 });
      expect(simulator.counts.requests).toBe(24);
    });

    it('[RT-004] not for a few failures where it is the only one', async () => {
      open(['a'], settings);
      fails('a', 'fault=500', 10);
      for (let call = 0; call < 10; call += 1) await harness.call(ask);
      expect((await harness.call(ask)).status).toBe(200);
      expect(harness.changes).toEqual([]);
    });

    it('[RT-004] not for requests that were at fault, nor for callers that leave or lose patience', async () => {
      open(['a', 'b'], { ...settings, allowedFails: 0 });
      fails('a', 'fault=400', 3);
      for (let call = 0; call < 3; call += 1) await harness.call(ask);
      fails('a', 'latency_ms=1000', 1);
      await harness.call(ask, { leavesWhen: () => waitFor(() => simulator.counts.requests === 4) });
      expect(harness.changes).toEqual([]);
    });
  });

  describe('by saying nothing', () => {
    const slow = 'first_token_ms=1500';

    it.each([
      ['its deployment', [{ id: 'a', group: 'm', more: { firstTokenMs: 200 } }, 'b'], {}],
      ['its group', ['a', 'b'], { groups: { m: { firstTokenMs: 200 } } }],
    ])('[BX-007] for longer than %s may is given up before the first byte', async (_, deployments, settings) => {
      open(deployments as (string | TestDeployment)[], settings as RouterSettings);
      fails('a', slow, 1);
      const { text, headers, report } = await harness.call({ ...ask, stream: true });
      expect(headers).toMatchObject({ 'x-ao-model': 'b' });
      expect(readChatStream(text)).toMatchObject({ finishReason: 'stop' });
      expect(report.attempts?.[0]).toMatchObject({ deploymentId: 'a', errorCode: 'timeout' });
    });

    it('[BX-007] between two words for longer than it may ends the stream cleanly', async () => {
      open([{ id: 'a', group: 'm', more: { stallMs: 100 } }, 'b']);
      fails('a', 'token_interval_ms=200', 1);
      const { text, report } = await harness.call({ ...ask, stream: true });
      expect(readChatStream(text)).toMatchObject({ finishReason: null, error: 'stream_error' });
      expect(report).toMatchObject({ errorCode: 'timeout', partial: true });
    });
  });
});
