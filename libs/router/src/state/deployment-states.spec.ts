import { DeploymentStates } from './deployment-states.js';

const POLICY = { allowedFails: 1, cooldownMs: 5_000, enabled: true };
const MINUTE_MS = 60_000;
const answered = (latencyMs: number, tokens = 10) => ({ kind: 'succeeded', latencyMs, tokens }) as const;
const failed = (pauseMs: number | null = null) => ({ kind: 'failed', pauseMs, isAlone: false }) as const;
/** A minute begins here. */
const START_MS = MINUTE_MS * 100;

/** A call from its beginning to its end. */
function call(states: DeploymentStates, nowMs: number, outcome: Parameters<DeploymentStates['end']>[2]) {
  states.begin('a', nowMs);
  return states.end('a', nowMs, outcome, POLICY);
}

describe('what a gateway knows of a deployment', () => {
  it('is nothing before the first call: it may be called', () => {
    const states = new DeploymentStates();
    expect(states.figures('a', START_MS)).toMatchObject({ inFlight: 0, latencyMs: null, tokens: 0, circuit: 'closed' });
    expect([states.admits('a', START_MS), states.retryAfterMs('a', START_MS)]).toEqual([true, 0]);
  });

  it('counts calls under way, their latency, and the use of this minute, all gateways together', () => {
    const states = new DeploymentStates();
    for (const latencyMs of [100, 300]) call(states, START_MS, answered(latencyMs));
    states.begin('a', START_MS);
    states.hearUsage('a', START_MS, { requests: 5, tokens: 500 });
    expect(states.figures('a', START_MS)).toMatchObject({
      inFlight: 1,
      latencyMs: 200,
      latencyMsP95: 300,
      requests: 8,
      tokens: 520,
    });
    expect(states.inFlight('a')).toBe(1);
    expect(states.usage('a', START_MS)).toEqual({ requests: 8, tokens: 520 });
    expect(states.usage('a', START_MS + MINUTE_MS)).toEqual({ requests: 0, tokens: 0 });
  });

  it('[RT-013] tells own use once, with what the last minute left untold', () => {
    const states = new DeploymentStates();
    const untold = (nowMs: number) => states.tellUsage('a', nowMs).untold;
    expect(untold(START_MS)).toEqual({ requests: 0, tokens: 0 });
    call(states, START_MS, answered(1, 10));
    expect(untold(START_MS)).toEqual({ requests: 1, tokens: 10 });
    call(states, START_MS + 1, answered(1, 5));
    states.hearUsage('a', START_MS + 1, { requests: 7, tokens: 70 });
    expect(states.tellUsage('a', START_MS + 1)).toEqual({
      own: { requests: 2, tokens: 15 },
      untold: { requests: 1, tokens: 5 },
    });
    call(states, START_MS + MINUTE_MS - 1, answered(1, 3));
    expect(states.tellUsage('a', START_MS + MINUTE_MS)).toEqual({
      own: { requests: 0, tokens: 0 },
      untold: { requests: 1, tokens: 3 },
    });
  });

  it('[RT-013] keeps no more than a minute of use that nobody asks for', () => {
    const states = new DeploymentStates();
    for (let minute = 0; minute < 5; minute += 1) call(states, START_MS + minute * MINUTE_MS, answered(1, 10));
    expect(states.tellUsage('a', START_MS + 5 * MINUTE_MS).untold).toEqual({ requests: 1, tokens: 10 });
    call(states, START_MS + 5 * MINUTE_MS, answered(1, 10));
    expect(states.tellUsage('a', START_MS + 7 * MINUTE_MS).untold).toEqual({ requests: 0, tokens: 0 });
  });

  it('forgets latencies that are five minutes old, and begins anew', () => {
    const states = new DeploymentStates();
    call(states, START_MS, answered(9_000));
    expect(states.latencyMs('a', START_MS + 299_999)).toBe(9_000);
    expect(states.figures('a', START_MS + 300_000)).toMatchObject({ latencyMs: null, latencyMsP95: null });
    call(states, START_MS + 300_000, answered(100));
    expect(states.figures('a', START_MS + 300_000)).toMatchObject({ latencyMs: 100, latencyMsP95: 100 });
  });

  it('[RT-004] names those whose circuit is not closed, as long as that is so', () => {
    const states = new DeploymentStates();
    expect(call(states, START_MS, failed())).toBeNull();
    expect(states.tripped.size).toBe(0);
    expect(call(states, START_MS, failed())).toEqual({ deploymentId: 'a', openForMs: 5_000 });
    expect([...states.tripped]).toEqual(['a']);
    expect([states.admits('a', START_MS), states.retryAfterMs('a', START_MS)]).toEqual([false, 5_000]);
    expect(states.begin('a', START_MS + 5_000)).toBe(true);
    expect(states.end('a', START_MS + 5_000, failed(), POLICY)).toEqual({ deploymentId: 'a', openForMs: 10_000 });
    expect([...states.tripped]).toEqual(['a']);
    expect(call(states, START_MS + 15_000, answered(1))).toEqual({ deploymentId: 'a', openForMs: null });
    expect(states.tripped.size).toBe(0);
  });

  it('[RT-004] hears of circuits from other gateways', () => {
    const states = new DeploymentStates();
    states.hear({ deploymentId: 'a', openForMs: 1_000 }, START_MS);
    expect([[...states.tripped], states.admits('a', START_MS + 999)]).toEqual([['a'], false]);
    states.hear({ deploymentId: 'a', openForMs: null }, START_MS);
    expect([[...states.tripped], states.admits('a', START_MS)]).toEqual([[], true]);
  });

  it('forgets deployments that are gone', () => {
    const states = new DeploymentStates();
    states.hear({ deploymentId: 'a', openForMs: 1_000 }, START_MS);
    states.begin('b', START_MS);
    states.keep(new Set(['b']));
    expect([states.tripped.size, states.admits('a', START_MS), states.inFlight('b')]).toEqual([0, true, 1]);
  });

  it('[RT-004] opens at once for as long as the provider asks, and not for a call that says nothing of it', () => {
    const states = new DeploymentStates();
    expect(call(states, START_MS, { kind: 'unknown' })).toBeNull();
    expect(call(states, START_MS, failed(30_000))).toEqual({ deploymentId: 'a', openForMs: 30_000 });
  });
});
