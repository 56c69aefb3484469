import { EventHeap } from './event-heap.js';
import { Random } from './random.js';
import { Scheduler } from './scheduler.js';
import { Trace } from './trace.js';

describe('chance', () => {
  it('is the same for the same seed, and of its own for each purpose', () => {
    const draw = (random: Random): number[] => Array.from({ length: 5 }, () => random.uint32());
    expect(draw(new Random(7))).toEqual(draw(new Random(7)));
    expect(draw(new Random(7))).not.toEqual(draw(new Random(8)));
    expect(draw(new Random(7).fork('a'))).not.toEqual(draw(new Random(7).fork('b')));
  });

  it('stays within its bounds and reaches both ends', () => {
    const random = new Random(1);
    const drawn = new Set(Array.from({ length: 200 }, () => random.int(3, 6)));
    expect([...drawn].sort()).toEqual([3, 4, 5, 6]);
    expect(random.shuffled([1, 2, 3, 4]).sort()).toEqual([1, 2, 3, 4]);
  });
});

describe('the queue of events', () => {
  it('gives the earliest first, and those of one moment by rank', () => {
    const heap = new EventHeap();
    const random = new Random(3);
    for (let count = 0; count < 500; count += 1) {
      heap.push({ atMs: random.int(0, 50), rank: random.int(0, 1_000), label: '', run: () => undefined });
    }
    const order: number[] = [];
    for (let event = heap.pop(); event; event = heap.pop()) order.push(event.atMs * 10_000 + event.rank);
    expect(order).toHaveLength(500);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });
});

describe('virtual time', () => {
  it('lets all code run on as far as it can before the next event', async () => {
    const scheduler = new Scheduler(0, new Random(1), new Trace(false, 0));
    const seen: string[] = [];
    scheduler.after(10, 'second', () => void seen.push('second'));
    scheduler.after(5, 'first', () => {
      void (async () => {
        for (let step = 0; step < 50; step += 1) await Promise.resolve();
        await new Promise(setImmediate);
        seen.push(`first, at ${scheduler.nowMs}`);
      })();
    });
    await scheduler.runUntil(20);
    expect(seen).toEqual(['first, at 5', 'second']);
    expect(scheduler.nowMs).toBe(20);
  });
});
