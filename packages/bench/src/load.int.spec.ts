import { startSimulator, type Simulator } from '@ao/provider-simulator';
import type { FastifyInstance } from 'fastify';
import type { LoadJob, Pace } from './load/job.js';
import { runJob } from './load/run-job.js';
import { requestBody } from './platform/model.js';
import { createBareProxy } from './programs/bare-proxy.js';
import { SCENARIOS, endingOf } from './scenarios.js';

describe('the load generator, through the bare proxy', () => {
  let simulator: Simulator;
  let proxy: FastifyInstance;
  let origin: string;

  beforeAll(async () => {
    simulator = await startSimulator({ recordedRequestsMax: 0, defaults: 'output_tokens=20' });
    proxy = createBareProxy(simulator.url);
    origin = await proxy.listen({ host: '127.0.0.1', port: 0 });
  });

  afterAll(async () => {
    await proxy.close();
    await simulator.stop();
  });

  const job = (stream: boolean, pace: Pace): LoadJob => ({
    origin,
    path: '/v1/chat/completions',
    headers: { 'content-type': 'application/json' },
    body: requestBody(stream),
    durationMs: 200,
    ending: endingOf(SCENARIOS.find((scenario) => scenario.stream === stream)!),
    pace,
  });

  it.each([false, true])('counts whole answers only (stream: %s)', async (stream) => {
    const before = simulator.counts.requests;
    const result = await runJob(job(stream, { kind: 'closed', connections: 4 }));
    expect(result).toMatchObject({ failed: 0, failures: {} });
    expect(result.answered).toBeGreaterThan(0);
    expect(result.latenciesMs).toHaveLength(result.answered);
    expect(simulator.counts.requests - before).toBe(result.answered);
    expect(
      Math.min(...result.latenciesMs.map((latency, index) => latency - result.firstBytesMs[index]!)),
    ).toBeGreaterThanOrEqual(0);
  });

  it('sends as many requests as are due, however slow the answers', async () => {
    simulator.setDefaults('output_tokens=20&latency_ms=150');
    const result = await runJob(job(false, { kind: 'open', requestsPerSecond: 100 }));
    simulator.clearBehaviour();
    expect(result).toMatchObject({ answered: 20, failed: 0 });
    expect(Math.min(...result.latenciesMs)).toBeGreaterThanOrEqual(149);
  });

  it.each([
    ['fault=500', 'status 500'],
    ['fault=cut&after_tokens=2', expect.any(String)],
    ['end_marker=0', 'the answer is not whole'],
  ])('counts %s as a failure', async (fault, reason) => {
    simulator.setDefaults(fault);
    const result = await runJob(job(true, { kind: 'closed', connections: 1 }));
    simulator.clearBehaviour();
    expect(result).toMatchObject({ answered: 0, failed: 1 });
    expect(Object.keys(result.failures)).toEqual([reason]);
  });
});
