import type { RouterSettings } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import { startSimulator, type Simulator } from '@ao/provider-simulator';
import { waitFor } from '@ao/testing';
import { CallHarness, type HarnessOptions, type Received, type TestDeployment } from './call-harness.suite.js';

/** Within the time that the harness gives a provider. */
const BUSY = 'latency_ms=200';

describe('a deployment that takes one call at a time', () => {
  let simulator: Simulator;
  let harness: CallHarness;

  beforeAll(async () => {
    simulator = await startSimulator();
  });
  afterAll(() => simulator.stop());
  beforeEach(() => simulator.reset());
  afterEach(() => harness.close());

  const one = (id: string): TestDeployment => ({ id, group: 'm', more: { concurrencyMax: 1 } });
  const open = (ids: string[], settings: RouterSettings, more: Partial<HarnessOptions> = {}): CallHarness =>
    (harness = new CallHarness({ baseUrl: `${simulator.url}/v1`, deployments: ids.map(one), settings, ...more }));
  const call = (says: string, more: object = {}): Promise<Received> =>
    harness.call({ model: 'm', messages: [{ role: 'user', content: says }], ...more });
  /** What the provider was asked, in the order that it was asked. */
  const asked = (): string[] =>
    simulator.requests.map(({ body }) => (body as { messages: { content: string }[] }).messages[0]!.content);
  const untilAsked = (count: number): Promise<unknown> => waitFor(() => simulator.requests.length >= count);
  const pause = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 20));

  it('[RT-015] serves those who wait in the order of their priority, equal ones in that of their coming', async () => {
    open(['a'], { strategy: 'priority' });
    simulator.setDefaults(BUSY);
    const calls = [call('under way')];
    await untilAsked(1);
    for (const [says, priority] of [
      ['none', undefined],
      ['five', 5],
      ['one', 1],
      ['one more', 1],
    ] as const) {
      calls.push(call(says, priority === undefined ? {} : { priority }));
      await pause();
    }
    for (const { status } of await Promise.all(calls)) expect(status).toBe(200);
    expect(asked()).toEqual(['under way', 'one', 'one more', 'five', 'none']);
  });

  it('[RT-015] [RL-003] is never asked by two at once, and another one with room takes those who wait', async () => {
    open(['a', 'b'], { strategy: 'priority' });
    simulator.setDefaults(BUSY);
    const startedMs = performance.now();
    const answers = await Promise.all(['1', '2', '3', '4'].map((says) => call(says)));
    expect(answers.map(({ report }) => report.deploymentId).toSorted()).toEqual(['a', 'a', 'b', 'b']);
    expect(performance.now() - startedMs).toBeGreaterThan(390);
    for (const { report } of answers) expect(report.attempts).toBeUndefined();
  });

  it('[RT-015] keeps nobody waiting for ever: 429 `capacity_exceeded`, and nothing was asked or paid', async () => {
    open(['a'], { strategy: 'priority', retriesMax: 0 }, { waitMsMax: 50 });
    simulator.script({ model: 'a', behaviour: BUSY });
    const first = call('under way');
    await untilAsked(1);
    const { error, report } = await call('late');
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'capacity_exceeded', status: 429 });
    expect((error as AppError).retryAfterSeconds).toBeGreaterThanOrEqual(1);
    expect(report).toMatchObject({ status: 429, cost: 0n, usageSource: 'none' });
    expect((await first).status).toBe(200);
    expect(asked()).toEqual(['under way']);
  });

  it('[RT-015] keeps those who wait from a deployment that cannot be told what they ask', async () => {
    const unable = { ...one('b'), kind: 'anthropic', baseUrl: simulator.url };
    harness = new CallHarness({
      baseUrl: `${simulator.url}/v1`,
      deployments: [one('a'), unable],
      settings: { strategy: 'priority' },
    });
    simulator.setDefaults(BUSY);
    const first = call('first');
    await untilAsked(1);
    const second = await call('second', { frequency_penalty: 1 });
    expect(second).toMatchObject({ status: 200, error: null, report: { deploymentId: 'a' } });
    await first;
    // Both have room again: what was taken of them was given back.
    const [third, fourth] = await Promise.all([call('third'), call('fourth')]);
    expect([third.report.deploymentId, fourth.report.deploymentId].toSorted()).toEqual(['a', 'b']);
  });

  it('[RT-015] forgets a caller that leaves the line', async () => {
    open(['a'], { strategy: 'priority' });
    simulator.setDefaults(BUSY);
    const first = call('under way');
    await untilAsked(1);
    const left = harness.call(
      { model: 'm', messages: [{ role: 'user', content: 'leaves' }] },
      { leavesWhen: () => pause() },
    );
    const last = call('stays');
    await Promise.all([first, left, last]);
    expect(asked()).toEqual(['under way', 'stays']);
    expect((await left).report).toMatchObject({ status: 499, cost: 0n });
  });

  it('[RL-003] of another strategy sends callers elsewhere, and the last ones away at once', async () => {
    open(['a', 'b'], { strategy: 'simple-shuffle' });
    simulator.setDefaults(BUSY);
    const first = call('first');
    await untilAsked(1);
    const second = call('second');
    await untilAsked(2);
    const startedMs = performance.now();
    const { error } = await call('third');
    expect(error).toMatchObject({ code: 'capacity_exceeded', status: 429 });
    expect(performance.now() - startedMs).toBeLessThan(150);
    const served = await Promise.all([first, second]);
    expect(served.map(({ report }) => report.deploymentId)).toEqual(['a', 'b']);
    expect(served[1]!.report.decision?.steps).toEqual([{ modelGroup: 'm', deploymentId: 'b', reason: 'capacity' }]);
  });
});
