import type { Settled } from './publications.js';
import { RelayPace } from './relay-pace.js';

const published: Settled = { sequence: 1, id: 'e1', attempts: 0 };
const failed: Settled = { sequence: 2, id: 'e2', attempts: 3, failure: { reason: 'away', final: false } };
const parked: Settled = { sequence: 3, id: 'e3', attempts: 0, failure: { reason: 'too large', final: true } };

describe('RelayPace', () => {
  it('waits longer each time nothing gets through, ten seconds at most, and probes meanwhile', () => {
    const pace = new RelayPace();
    let nowMs = 0;
    const waits = Array.from({ length: 9 }, () => {
      expect(pace.judge([failed], nowMs)(failed)).toBe(pace.pausedUntilMs);
      const waitMs = pace.pausedUntilMs - nowMs;
      nowMs = pace.pausedUntilMs;
      return waitMs;
    });
    expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
    expect(pace.isProbing).toBe(true);
  });

  it('counts failures of one outage that arrive one after the other once', () => {
    const pace = new RelayPace();
    for (const nowMs of [0, 10, 20]) pace.judge([failed], nowMs);
    expect(pace.pausedUntilMs).toBe(100);
  });

  it('goes on at once when something got through', () => {
    const pace = new RelayPace();
    pace.judge([failed], 0);
    pace.judge([published], 10);
    expect(pace).toMatchObject({ isProbing: false, pausedUntilMs: 0 });
  });

  it('lets one that fails among others wait longer each time, and the others only a moment', () => {
    const pace = new RelayPace();
    expect(pace.judge([published, failed], 1_000)(failed)).toBe(1_800);
    expect(pace).toMatchObject({ isProbing: false, pausedUntilMs: 1_100 });
  });

  it('does not slow down for what can never be published', () => {
    const pace = new RelayPace();
    pace.judge([parked], 0);
    expect(pace).toMatchObject({ isProbing: false, pausedUntilMs: 0 });
  });
});
