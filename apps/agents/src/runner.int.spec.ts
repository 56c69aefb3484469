import { sleep, systemClock } from '@ao/kernel';
import { waitFor } from '@ao/testing';
import { AgentsHost, saying } from './agents-host.suite.js';
import { PostgresTaskQueue } from './adapters/postgres/task.queue.js';
import type { TaskRun } from './domain/task.js';

function only<T>(list: T[]): T {
  const [first, ...more] = list;
  if (first === undefined || more.length > 0) throw new Error(`expected one, got ${list.length}`);
  return first;
}

describe('the runner of tasks', () => {
  let host: AgentsHost;
  let queue: PostgresTaskQueue;

  beforeAll(async () => {
    host = await AgentsHost.start();
    queue = new PostgresTaskQueue(host.database);
  });
  beforeEach(async () => {
    await host.halt();
    await host.database.pool.query('DELETE FROM task');
    host.gateway.reset();
  });
  afterAll(() => host.stop());

  const claim = (limit: number, leaseMs = 60_000): Promise<TaskRun[]> =>
    queue.claim({ limit, leaseMs, nowMs: systemClock.nowMs() });

  /** Tasks that wait for a runner: submitted to a service whose only runner is busy with nothing and then gone. */
  async function waiting(count: number, model = saying('done')): Promise<string[]> {
    await host.run({ SHUTDOWN_TIMEOUT_MS: '0' });
    host.gateway.setDefaults('latency_ms=60000');
    const tasks = await Promise.all(Array.from({ length: count }, () => host.submit({ model })));
    await host.halt();
    host.gateway.reset();
    return tasks.map(({ id }) => id);
  }
  const waitingOne = async (model?: string): Promise<string> => only(await waiting(1, model));
  const claimOne = async (leaseMs?: number): Promise<TaskRun> => only(await claim(1, leaseMs));

  it('takes over a task whose runner was killed, once its lease has ended', async () => {
    const id = await waitingOne();
    const killed = await claimOne(700);
    expect(killed).toMatchObject({ taskId: id });
    await host.run();
    await sleep(300);
    expect(await host.get(id)).toMatchObject({ status: 'running' });
    expect(host.gateway.requests).toHaveLength(0);

    expect(await host.reaches(id, 'completed')).toMatchObject({ result: 'done' });
    expect(host.gateway.requests).toHaveLength(1);
    expect(await host.row(id)).toMatchObject({ run_number: killed.runNumber + 1, interruptions: 1 });
  });

  it('ignores what a runner says of a task that it has lost', async () => {
    const id = await waitingOne();
    const lost = await claimOne(1);
    await sleep(20);
    const held = await claimOne();
    const nowMs = systemClock.nowMs();
    expect(held.runNumber).toBe(lost.runNumber + 1);
    expect(await queue.renew([lost, held], 60_000)).toEqual([held]);
    expect(await queue.end(lost, { kind: 'completed', result: 'late' }, nowMs)).toBe(false);
    expect(await queue.end(lost, { kind: 'released', delayMs: 0, interruptions: 0 }, nowMs)).toBe(false);
    expect(await queue.end(held, { kind: 'completed', result: 'right' }, nowMs)).toBe(true);
    expect(await queue.end(held, { kind: 'failed', error: 'again' }, nowMs)).toBe(false);
    expect(await host.row(id)).toMatchObject({ status: 'completed', result: 'right', sealed_key: null });
  });

  it('gives each task to one of the runners that ask at the same moment', async () => {
    const ids = await waiting(20);
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(4)));
    const taken = claims.flat().map(({ taskId }) => taskId);
    expect(taken).toHaveLength(20);
    expect(new Set(taken)).toEqual(new Set(ids));
  });

  it('keeps the lease of a task that takes longer than one', async () => {
    await host.run({ AGENTS_LEASE_MS: '1000' });
    host.gateway.script('text=slow&latency_ms=2500');
    const { id } = await host.submit({ model: 'demo-chat' });
    expect(await host.reaches(id, 'completed')).toMatchObject({ result: 'slow' });
    expect(await host.row(id)).toMatchObject({ run_number: 1, interruptions: 0 });
    expect(host.gateway.requests).toHaveLength(1);
  });

  it('drops the call of a task that another runner has taken', async () => {
    await host.run({ AGENTS_LEASE_MS: '100' });
    const { id } = await host.submit({ model: 'demo-chat?latency_ms=60000' });
    await waitFor(() => host.gateway.requests.length === 1);
    await host.database.pool.query(
      `UPDATE task SET run_number = run_number + 1, due_at = now() + interval '1 hour' WHERE id = $1`,
      [id],
    );
    await waitFor(() => host.gateway.requests.some(({ aborted }) => aborted));
    expect(await host.row(id)).toMatchObject({ status: 'running', run_number: 2 });
  });

  it('finishes the task under way when its process stops', async () => {
    await host.run({ SHUTDOWN_TIMEOUT_MS: '10000' });
    host.gateway.script('text=finished&latency_ms=300');
    const { id } = await host.submit({ model: 'demo-chat' });
    await waitFor(() => host.gateway.requests.length === 1);
    await host.halt();
    expect(await host.row(id)).toMatchObject({ status: 'completed', result: 'finished' });
  });

  it('hands a task back that cannot finish before the stop, for the next start to run at once', async () => {
    await host.run({ SHUTDOWN_TIMEOUT_MS: '100' });
    host.gateway.script('latency_ms=60000', 'text=second');
    const { id } = await host.submit({ model: 'demo-chat' });
    await waitFor(() => host.gateway.requests.length === 1);
    const startedMs = performance.now();
    await host.halt();
    expect(performance.now() - startedMs).toBeLessThan(3_000);
    expect(await host.row(id)).toMatchObject({ status: 'pending', started_at: null, interruptions: 0 });
    await waitFor(() => host.gateway.requests.some(({ aborted }) => aborted));
    await host.run();
    expect(await host.reaches(id, 'completed')).toMatchObject({ result: 'second' });
  });

  it('waits for a gateway that is away, and runs the task when it is back', async () => {
    await host.run();
    host.gateway.script('fault=reset', 'text=back');
    const { id } = await host.submit({ model: 'demo-chat' });
    await waitFor(async () => (await host.row(id))['interruptions'] === 1);
    expect(await host.get(id)).toMatchObject({ status: 'pending', startedAt: null });
    expect(await host.reaches(id, 'completed')).toMatchObject({ result: 'back' });
  });

  it('gives up a task that was cut off too often', async () => {
    const id = await waitingOne('demo-chat?fault=reset');
    await host.database.pool.query('UPDATE task SET interruptions = 6 WHERE id = $1', [id]);
    await host.run();
    expect((await host.reaches(id, 'failed')).error).toMatch(/could not be reached.*cut off 7 times/);
  });

  it('gives up a task that its runners did not survive, without trying again', async () => {
    const id = await waitingOne();
    await host.database.pool.query(`UPDATE task SET status = 'running', interruptions = 6 WHERE id = $1`, [id]);
    await host.run();
    expect((await host.reaches(id, 'failed')).error).toMatch(/interrupted too often/);
    expect(host.gateway.requests).toHaveLength(0);
  });
});
