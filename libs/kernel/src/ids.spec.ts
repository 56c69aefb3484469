import { ManualClock } from './clock.js';
import { UuidV7Generator } from './ids.js';

describe('ids', () => {
  it('are version 7 UUIDs that sort by time', () => {
    const clock = new ManualClock();
    const ids = new UuidV7Generator(clock);
    const first = ids.uuid();
    clock.advanceMs(1);
    expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(ids.uuid() > first).toBe(true);
  });

  it('do not repeat within a millisecond, over several blocks of randomness', () => {
    const ids = new UuidV7Generator(new ManualClock());
    expect(new Set(Array.from({ length: 5_000 }, () => ids.next('req'))).size).toBe(5_000);
  });
});
