import type { Clock, Logger } from '@ao/kernel';
import type { KeyValue } from '@ao/keyvalue';
import { PROBE_MS_MAX, type CircuitChange, type CircuitPolicy, type DeploymentStates, type Outcome } from '@ao/router';

/** Tells all gateways of a circuit that a call has opened or closed; never throws. */
export type TellCircuitChange = (change: CircuitChange) => void;

interface CircuitsOptions {
  states: DeploymentStates;
  /** Shared by all gateways: who probes. */
  store: Pick<KeyValue, 'setIfAbsent'>;
  tell: TellCircuitChange;
  clock: Clock;
  logger: Logger;
}

/** Lets calls through to deployments, and learns from how they end; what it learns, all gateways learn. */
export class Circuits {
  constructor(private readonly options: CircuitsOptions) {}

  /**
   * A call is about to go there.
   * @returns false when a pause is over and another gateway is already trying whether it works again.
   */
  enter(deploymentId: string): boolean | Promise<boolean> {
    const { states, clock } = this.options;
    const isProbe = states.begin(deploymentId, clock.monotonicMs());
    return isProbe ? this.claimProbe(deploymentId) : true;
  }

  /** The call has ended. */
  leave(deploymentId: string, outcome: Outcome, policy: CircuitPolicy): void {
    const { states, clock, tell } = this.options;
    const change = states.end(deploymentId, clock.monotonicMs(), outcome, policy);
    if (change) tell(change);
  }

  private async claimProbe(deploymentId: string): Promise<boolean> {
    const { store, states, clock, logger } = this.options;
    try {
      // The claim ends by itself: what the probe has shown is told to all before.
      if (await store.setIfAbsent(`circuit-probe:${deploymentId}`, '1', { ttlMs: PROBE_CLAIM_MS })) return true;
    } catch (error) {
      // Without a shared store each gateway probes for itself: one call each.
      logger.debug({ err: error, deploymentId }, 'a probe could not be claimed');
      return true;
    }
    states.end(deploymentId, clock.monotonicMs(), { kind: 'unknown' }, CLAIMED_ELSEWHERE);
    states.hear({ deploymentId, openForMs: PROBE_CLAIM_MS }, clock.monotonicMs());
    return false;
  }
}

/** No longer than a probe may take, and not much longer than most do: a failed one opens the circuit anew. */
const PROBE_CLAIM_MS = Math.min(PROBE_MS_MAX, 5_000);
const CLAIMED_ELSEWHERE: CircuitPolicy = { allowedFails: 0, cooldownMs: 0, enabled: false };
