import { setImmediate as turn } from 'node:timers/promises';
import { sleep } from '@ao/kernel';
import { CapacityQueue, type CapacityQueueOptions } from './capacity-queue.js';

const never = new AbortController().signal;

/** Time that passes only when told to. */
class ManualSleep {
  nowMs = 0;
  private readonly sleepers: { atMs: number; wake: () => void }[] = [];

  readonly sleep = (durationMs: number, signal?: AbortSignal): Promise<void> =>
    new Promise((wake) => {
      if (signal?.aborted) return wake();
      signal?.addEventListener('abort', () => wake(), { once: true });
      this.sleepers.push({ atMs: this.nowMs + durationMs, wake });
    });

  async passMs(durationMs: number): Promise<void> {
    this.nowMs += durationMs;
    for (const { atMs, wake } of this.sleepers) if (atMs <= this.nowMs) wake();
    await turn();
  }
}

/** A deployment that takes so many calls at once. */
class Deployment {
  finished = 0;
  readonly served: string[] = [];

  constructor(public room: number) {}

  readonly attempt = (caller: string) => () => {
    if (this.room === 0) return { kind: 'refused' as const, retryAfterMs: 1_000 };
    this.room -= 1;
    this.served.push(caller);
    return { kind: 'admitted' as const, finish: () => void (this.finished += 1) };
  };
}

describe('the queue for capacity', () => {
  const open = (options: Partial<CapacityQueueOptions> = {}) => {
    const time = new ManualSleep();
    return { time, queue: new CapacityQueue({ sleep: time.sleep, lengthMax: 10, waitMsMax: 10_000, ...options }) };
  };

  it('lets a call through at once while there is room', async () => {
    const { queue } = open();
    const deployment = new Deployment(1);
    await queue.take('chat', deployment.attempt('a'), { priority: null, signal: never });
    expect(deployment.served).toEqual(['a']);
    expect(queue.waiting).toBe(0);
  });

  it('[RT-015] serves 5, 1, 1 as 1, 1, 5, and those without a number last', async () => {
    const { queue } = open();
    const deployment = new Deployment(0);
    const calls = (
      [
        ['none', null],
        ['five', 5],
        ['one', 1],
        ['one more', 1],
      ] as const
    ).map(([caller, priority]) => queue.take('chat', deployment.attempt(caller), { priority, signal: never }));
    await turn();
    expect(queue.waiting).toBe(4);
    for (let freed = 0; freed < 4; freed += 1) {
      deployment.room += 1;
      queue.wake('chat');
      await turn();
    }
    await Promise.all(calls);
    expect(deployment.served).toEqual(['one', 'one more', 'five', 'none']);
    expect(queue.waiting).toBe(0);
  });

  it('[RT-015] lets nobody who comes later pass those who wait', async () => {
    const { queue, time } = open();
    const deployment = new Deployment(0);
    const first = queue.take('chat', deployment.attempt('first'), { priority: 1, signal: never });
    await turn();
    deployment.room = 1;
    const second = queue.take('chat', deployment.attempt('second'), { priority: 1, signal: never });
    await time.passMs(250);
    await first;
    expect(deployment.served).toEqual(['first']);
    deployment.room = 1;
    await time.passMs(250);
    await second;
  });

  it('[RT-015] ends a wait that lasts too long in 429, with the time to wait', async () => {
    const { queue, time } = open({ waitMsMax: 2_000 });
    const call = queue.take('chat', new Deployment(0).attempt('a'), { priority: null, signal: never });
    const refused = call.catch((error: unknown) => error);
    for (let round = 0; round < 8; round += 1) {
      await turn();
      await time.passMs(250);
    }
    expect(await refused).toMatchObject({ code: 'capacity_exceeded', status: 429, retryAfterSeconds: 1 });
    expect(queue.waiting).toBe(0);
  });

  it('[RT-015] refuses at once where too many wait already, in all lines together', async () => {
    const { queue } = open({ lengthMax: 1 });
    const deployment = new Deployment(0);
    const waiting = queue.take('chat', deployment.attempt('a'), { priority: null, signal: never });
    await turn();
    await expect(queue.take('other', deployment.attempt('b'), { priority: 1, signal: never })).rejects.toMatchObject({
      code: 'capacity_exceeded',
    });
    deployment.room = 1;
    queue.wake('chat');
    await waiting;
  });

  it('frees the place of a caller that left at once, and looks for the next', async () => {
    const { queue } = open();
    const deployment = new Deployment(0);
    const leaving = new AbortController();
    const gone = queue.take('chat', deployment.attempt('gone'), { priority: 1, signal: leaving.signal });
    const stays = queue.take('chat', deployment.attempt('stays'), { priority: 2, signal: never });
    await turn();
    deployment.room = 1;
    const refused = gone.catch((error: unknown) => error);
    leaving.abort(new Error('left'));
    expect(await refused).toEqual(new Error('left'));
    await stays;
    expect(deployment.served).toEqual(['stays']);
  });

  it('gives back what came for a caller that had just left', async () => {
    const { queue } = open();
    const deployment = new Deployment(1);
    const leaving = new AbortController();
    let isFirst = true;
    const slow = async () => {
      if (isFirst) {
        isFirst = false;
        return { kind: 'refused' as const, retryAfterMs: 1 };
      }
      await turn();
      return deployment.attempt('gone')();
    };
    const gone = queue.take('chat', slow, { priority: 1, signal: leaving.signal });
    const refused = gone.catch((error: unknown) => error);
    await Promise.resolve().then(() => undefined);
    leaving.abort(new Error('left'));
    expect(await refused).toEqual(new Error('left'));
    await turn();
    await turn();
    expect(deployment.finished).toBe(deployment.served.length);
  });

  it('tells a fault of the attempt to its own caller only', async () => {
    const { queue } = open({ sleep });
    const deployment = new Deployment(0);
    let isFirst = true;
    const faulty = () => {
      if (!isFirst) throw new Error('broken');
      isFirst = false;
      return { kind: 'refused' as const, retryAfterMs: 1 };
    };
    const broken = queue.take('chat', faulty, { priority: 1, signal: never });
    const fine = queue.take('chat', deployment.attempt('fine'), { priority: 2, signal: never });
    await expect(broken).rejects.toThrow('broken');
    deployment.room = 1;
    queue.wake('chat');
    await fine;
  });
});
