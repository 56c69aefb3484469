import { ManualClock, silentLogger } from '@ao/kernel';
import { openMemoryKeyValue, type KeyValue } from '@ao/keyvalue';
import { DeploymentStates, PROBE_MS_MAX, type CircuitChange, type CircuitPolicy } from '@ao/router';
import { Circuits } from './circuits.js';

const POLICY: CircuitPolicy = { allowedFails: 0, cooldownMs: 5_000, enabled: true };
const FAILED = { kind: 'failed', pauseMs: null, isAlone: false } as const;
const SUCCEEDED = { kind: 'succeeded', latencyMs: 10, tokens: 1 } as const;
const UNKNOWN = { kind: 'unknown' } as const;
const DAY_MS = 86_400_000;

describe('circuits', () => {
  const clock = new ManualClock();
  let store: Pick<KeyValue, 'setIfAbsent' | 'delete'>;
  let changes: CircuitChange[];

  beforeEach(() => {
    store = openMemoryKeyValue({ clock });
    changes = [];
  });

  const gateway = (): Circuits =>
    new Circuits({
      states: new DeploymentStates(),
      store,
      tell: (change) => void changes.push(change),
      clock,
      logger: silentLogger,
    });
  /** One whose circuit has just been opened. */
  async function opened(): Promise<Circuits> {
    const circuits = gateway();
    expect(await circuits.enter('d', 'call')).toBe(true);
    circuits.leave('d', 'call', FAILED, POLICY);
    expect(changes.at(-1)).toEqual({ deploymentId: 'd', openForMs: 5_000 });
    return circuits;
  }

  it.each([-DAY_MS, DAY_MS])('pause for as long as they were meant to, the clock set by %d ms', async (jumpMs) => {
    const circuits = await opened();
    clock.jumpMs(jumpMs);
    clock.advanceMs(4_999);
    expect(await circuits.enter('d', 'call')).toBe(false);
    clock.advanceMs(1);
    expect(await circuits.enter('d', 'call')).toBe(true);
  });

  it('[RT-004] let one call through to try, among all gateways', async () => {
    const [one, other] = [await opened(), await opened()];
    clock.advanceMs(5_000);
    expect(await one.enter('d', 'call')).toBe(true);
    expect([await one.enter('d', 'next'), await other.enter('d', 'another')]).toEqual([false, false]);
    one.leave('d', 'call', SUCCEEDED, POLICY);
    expect(changes.at(-1)).toEqual({ deploymentId: 'd', openForMs: null });
    expect(await one.enter('d', 'call')).toBe(true);
  });

  it('[RT-004] let nobody else try because a call of before ends meanwhile', async () => {
    const circuits = gateway();
    for (const call of ['old', 'older', 'oldest', 'call']) expect(await circuits.enter('d', call)).toBe(true);
    circuits.leave('d', 'call', FAILED, POLICY);
    clock.advanceMs(5_000);
    expect(await circuits.enter('d', 'probe')).toBe(true);
    for (const [call, outcome] of [
      ['old', UNKNOWN],
      ['older', SUCCEEDED],
      ['oldest', FAILED],
    ] as const) {
      circuits.leave('d', call, outcome, POLICY);
      expect(await circuits.enter('d', 'next')).toBe(false);
      expect(await store.setIfAbsent('circuit-probe:d', '1', { ttlMs: 1 })).toBe(false);
    }
    circuits.leave('d', 'probe', SUCCEEDED, POLICY);
    expect(changes.map(({ openForMs }) => openForMs)).toEqual([5_000, null]);
    expect(await circuits.enter('d', 'next')).toBe(true);
  });

  it('[RT-004] let another try when the first was never heard of again', async () => {
    const circuits = await opened();
    clock.advanceMs(5_000);
    expect(await circuits.enter('d', 'call')).toBe(true);
    clock.advanceMs(PROBE_MS_MAX + 1);
    expect(await circuits.enter('d', 'another')).toBe(true);
  });

  it('[RT-004] let one call of each gateway try while the store that they share is away', async () => {
    const away = (): Promise<never> => Promise.reject(new Error('away'));
    const [one, other] = [await opened(), await opened()];
    store.setIfAbsent = away;
    store.delete = away;
    clock.advanceMs(5_000);
    expect([await one.enter('d', 'call'), await other.enter('d', 'another')]).toEqual([true, true]);
    expect([await one.enter('d', 'next'), await other.enter('d', 'next')]).toEqual([false, false]);
    one.leave('d', 'call', FAILED, POLICY);
    expect(changes.at(-1)).toEqual({ deploymentId: 'd', openForMs: 10_000 });
  });
});
