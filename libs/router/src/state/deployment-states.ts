import { Circuit, type CircuitPolicy, type CircuitState } from './circuit.js';
import { LatencyWindow } from './latency-window.js';
import { MinuteUsage, NO_USE, type DeploymentUse } from './minute-usage.js';

/** How a deployment does, as far as this gateway knows: what strategies compare. */
export interface DeploymentFigures {
  /** Calls under way. */
  inFlight: number;
  /** Of the latest calls: until the first token of a stream, or the end of a whole answer; null before the first. */
  latencyMs: number | null;
  latencyMsP95: number | null;
  /** Of the calls of the last minute, from 0 to 1. */
  errorRate: number;
  /** Of this minute, all gateways together as far as they have told. */
  requests: number;
  tokens: number;
  circuit: CircuitState;
}

/** What strategies and filters ask; times are monotonic milliseconds. */
export interface StatesView {
  figures(deploymentId: string, nowMs: number): DeploymentFigures;
  /** Whether its circuit lets a call through now. */
  admits(deploymentId: string, nowMs: number): boolean;
  /** Until its circuit lets a call through; 0 when now. */
  retryAfterMs(deploymentId: string, nowMs: number): number;
  /** Those whose circuit is not closed: all others are admitted. */
  readonly tripped: ReadonlySet<string>;
  /** Single figures, where all of them would cost too much. */
  inFlight(deploymentId: string): number;
  latencyMs(deploymentId: string, nowMs: number): number | null;
  usage(deploymentId: string, nowMs: number): DeploymentUse;
}

/** What a call that has ended says of its deployment. */
export type Outcome =
  | { kind: 'succeeded'; latencyMs: number; tokens: number }
  /** `pauseMs`: by the provider's own `Retry-After`; null: none. `isAlone`: no other deployment could have served it. */
  | { kind: 'failed'; pauseMs: number | null; isAlone: boolean }
  /** The caller left, or its own request was at fault. */
  | { kind: 'unknown' };

/** A circuit that a call has just opened or closed: other gateways are to hear of it. */
export type CircuitChange = { deploymentId: string; openForMs: number | null };

interface DeploymentState {
  inFlight: number;
  circuit: Circuit;
  latency: LatencyWindow;
  usage: MinuteUsage;
}

const UNKNOWN: DeploymentFigures = {
  inFlight: 0,
  latencyMs: null,
  latencyMsP95: null,
  errorRate: 0,
  requests: 0,
  tokens: 0,
  circuit: 'closed',
};

/** What one gateway knows of the deployments that it has called. Those that are gone are forgotten with `keep`. */
export class DeploymentStates implements StatesView {
  readonly tripped = new Set<string>();
  private readonly states = new Map<string, DeploymentState>();

  figures(deploymentId: string, nowMs: number): DeploymentFigures {
    const state = this.states.get(deploymentId);
    if (!state) return UNKNOWN;
    const { inFlight, circuit, latency, usage } = state;
    const { requests, tokens } = usage.of(nowMs);
    return {
      inFlight,
      latencyMs: latency.mean(nowMs),
      latencyMsP95: latency.p95(nowMs),
      errorRate: circuit.errorRate(nowMs),
      requests,
      tokens,
      circuit: circuit.state(nowMs),
    };
  }

  admits(deploymentId: string, nowMs: number): boolean {
    return this.states.get(deploymentId)?.circuit.admits(nowMs) ?? true;
  }

  retryAfterMs(deploymentId: string, nowMs: number): number {
    return this.states.get(deploymentId)?.circuit.retryAfterMs(nowMs) ?? 0;
  }

  inFlight(deploymentId: string): number {
    return this.states.get(deploymentId)?.inFlight ?? 0;
  }

  latencyMs(deploymentId: string, nowMs: number): number | null {
    return this.states.get(deploymentId)?.latency.mean(nowMs) ?? null;
  }

  usage(deploymentId: string, nowMs: number): DeploymentUse {
    return this.states.get(deploymentId)?.usage.of(nowMs) ?? NO_USE;
  }

  /** A call goes there. @returns whether it is the probe of a half-open circuit. */
  begin(deploymentId: string, nowMs: number): boolean {
    const state = this.stateOf(deploymentId);
    state.inFlight += 1;
    state.usage.add(nowMs, 1, 0);
    return state.circuit.begin(nowMs);
  }

  /** The call did not go there after all: another gateway tries just now whether it works. */
  defer(deploymentId: string, nowMs: number, durationMs: number): void {
    const state = this.stateOf(deploymentId);
    state.inFlight = Math.max(0, state.inFlight - 1);
    state.circuit.defer(nowMs, durationMs);
  }

  /**
   * The call has ended.
   * @param isProbe Whether it was the one that tried a half-open circuit: of those under way before, none decides about it.
   * @returns what it changed of the circuit; null: nothing.
   */
  end(
    deploymentId: string,
    nowMs: number,
    outcome: Outcome,
    policy: CircuitPolicy,
    isProbe = true,
  ): CircuitChange | null {
    const state = this.stateOf(deploymentId);
    state.inFlight = Math.max(0, state.inFlight - 1);
    const { circuit } = state;
    switch (outcome.kind) {
      case 'unknown':
        if (isProbe) circuit.abandon();
        return null;
      case 'succeeded':
        state.latency.add(outcome.latencyMs, nowMs);
        state.usage.add(nowMs, 0, outcome.tokens);
        if (!circuit.succeed(nowMs, isProbe)) return null;
        this.tripped.delete(deploymentId);
        return { deploymentId, openForMs: null };
      case 'failed': {
        const openForMs = circuit.fail(nowMs, policy, { ...outcome, isProbe });
        if (openForMs === null) return null;
        this.tripped.add(deploymentId);
        return { deploymentId, openForMs };
      }
    }
  }

  /** Another gateway opened or closed it. */
  hear({ deploymentId, openForMs }: CircuitChange, nowMs: number): void {
    const { circuit } = this.stateOf(deploymentId);
    if (openForMs === null) {
      circuit.close();
      this.tripped.delete(deploymentId);
    } else {
      circuit.open(nowMs, openForMs);
      this.tripped.add(deploymentId);
    }
  }

  /** What this gateway has used of a deployment in this minute, and what of its use others are to hear of now. */
  tellUsage(deploymentId: string, nowMs: number): { own: DeploymentUse; untold: DeploymentUse } {
    return this.states.get(deploymentId)?.usage.tell(nowMs) ?? { own: NO_USE, untold: NO_USE };
  }

  /** What other gateways have used of a deployment in this minute. */
  hearUsage(deploymentId: string, nowMs: number, elsewhere: DeploymentUse): void {
    const isNews = elsewhere.requests > 0 || elsewhere.tokens > 0;
    // Of what nobody calls nothing is kept.
    if (isNews || this.states.has(deploymentId)) this.stateOf(deploymentId).usage.setElsewhere(nowMs, elsewhere);
  }

  /** Forgets all others. */
  keep(deploymentIds: ReadonlySet<string>): void {
    for (const id of this.states.keys()) {
      if (deploymentIds.has(id)) continue;
      this.states.delete(id);
      this.tripped.delete(id);
    }
  }

  private stateOf(deploymentId: string): DeploymentState {
    let state = this.states.get(deploymentId);
    if (!state) {
      state = { inFlight: 0, circuit: new Circuit(), latency: new LatencyWindow(), usage: new MinuteUsage() };
      this.states.set(deploymentId, state);
    }
    return state;
  }
}
