import { AppError, ManualClock } from '@ao/kernel';
import { MicroBatch } from './micro-batch.js';

const options = { sizeMax: 3, lanesMax: 1, waitingMax: 10, waitMsMax: 1_000, clock: new ManualClock() };

describe('a micro batch', () => {
  it('gathers what arrives together and answers each with its own', async () => {
    const sizes: number[] = [];
    const batch = new MicroBatch<number, number>({
      ...options,
      run: async (requests) => (sizes.push(requests.length), requests.map((request) => request * 2)),
    });
    expect(await Promise.all([1, 2, 3, 4].map((request) => batch.submit(request)))).toEqual([2, 4, 6, 8]);
    expect(sizes).toEqual([3, 1]);
  });

  it('lets a fault fall on the request that causes it alone', async () => {
    const batch = new MicroBatch<number, number>({
      ...options,
      run: async (requests) => {
        if (requests.includes(2)) throw new Error('broken');
        return requests.map((request) => (request === 3 ? new AppError('conflict', 'no') : request));
      },
    });
    const results = await Promise.allSettled([1, 2, 3].map((request) => batch.submit(request)));
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason)))).toEqual([
      1,
      'Error: broken',
      'AppError: no',
    ]);
  });

  it('refuses what would wait too long, and what has', async () => {
    const clock = new ManualClock();
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const batch = new MicroBatch<number, number>({
      ...options,
      waitingMax: 2,
      clock,
      run: async (requests) => (await gate, [...requests]),
    });
    const first = batch.submit(1);
    await new Promise(setImmediate);
    const late = [batch.submit(2), batch.submit(3)];
    expect(() => batch.submit(4)).toThrow(expect.objectContaining({ code: 'capacity_exceeded' }));
    clock.advanceMs(1_001);
    release();
    expect(await first).toBe(1);
    for (const one of late) await expect(one).rejects.toMatchObject({ code: 'backend_unavailable' });
  });
});
