import { BatchQueue } from './batch-queue.js';

describe('BatchQueue', () => {
  it('hands over a full batch at once and the rest when its time is up', async () => {
    const queue = new BatchQueue<number>(3, 20);
    for (const item of [1, 2, 3, 4]) queue.push(item);
    expect(await queue.take()).toEqual([1, 2, 3]);
    expect(await queue.take()).toEqual([4]);
  });

  it('lets a batch fill up while the first item waits', async () => {
    const queue = new BatchQueue<number>(2, 10_000);
    const taken = queue.take();
    queue.push(1);
    queue.push(2);
    expect(await taken).toEqual([1, 2]);
  });

  it('holds back who fills it until there is room', async () => {
    const queue = new BatchQueue<number>(2, 0);
    for (const item of [1, 2, 3, 4]) queue.push(item);
    let room = false;
    const waiting = queue.untilAtMost(2).then(() => (room = true));
    await Promise.resolve();
    expect(room).toBe(false);
    await queue.take();
    await waiting;
    expect(queue.length).toBe(2);
  });

  it('wakes the taker with nothing when it is closed, and gives back what was left', async () => {
    const waiting = new BatchQueue<number>(2, 0);
    const taken = waiting.take();
    expect(waiting.close()).toEqual([]);
    expect(await taken).toEqual([]);
    const full = new BatchQueue<number>(1, 0);
    full.push(1);
    expect(full.close()).toEqual([1]);
    expect(await full.take()).toEqual([]);
  });
});
