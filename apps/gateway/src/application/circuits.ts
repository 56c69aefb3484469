import type { Clock, Logger } from '@ao/kernel';
import type { KeyValue } from '@ao/keyvalue';
import { PROBE_MS_MAX, type CircuitChange, type CircuitPolicy, type DeploymentStates, type Outcome } from '@ao/router';

/** Tells all gateways of a circuit that a call has opened or closed; never throws. */
export type TellCircuitChange = (change: CircuitChange) => void;

interface CircuitsOptions {
  states: DeploymentStates;
  /** Shared by all gateways: who probes. */
  store: Pick<KeyValue, 'setIfAbsent' | 'delete'>;
  tell: TellCircuitChange;
  clock: Clock;
  logger: Logger;
}

/** Lets calls through to deployments, and learns from how they end; what it learns, all gateways learn. */
export class Circuits {
  /** The call that probes, by deployment. */
  private readonly probes = new Map<string, string>();

  constructor(private readonly options: CircuitsOptions) {}

  /**
   * A call is about to go there.
   * @param callId To know it again when it has ended.
   * @returns false when it must not: the circuit was opened meanwhile, or another call is trying whether it works again.
   */
  enter(deploymentId: string, callId: string): boolean | Promise<boolean> {
    const { states, clock } = this.options;
    if (!states.admits(deploymentId, clock.monotonicMs())) return false;
    const isProbe = states.begin(deploymentId, clock.monotonicMs());
    if (!isProbe) return true;
    this.probes.set(deploymentId, callId);
    return this.claimProbe(deploymentId);
  }

  /** The call has ended. */
  leave(deploymentId: string, callId: string, outcome: Outcome, policy: CircuitPolicy): void {
    const { states, clock, tell, store } = this.options;
    const isProbe = this.probes.get(deploymentId) === callId;
    const change = states.end(deploymentId, clock.monotonicMs(), outcome, policy, isProbe);
    if (change) tell(change);
    if (!isProbe) return;
    this.probes.delete(deploymentId);
    // A claim that cannot be given up ends by itself.
    store.delete(claimKey(deploymentId)).catch(() => undefined);
  }

  /** The call did not go there after all. */
  withdraw(deploymentId: string, callId: string): void {
    this.leave(deploymentId, callId, { kind: 'unknown' }, WITHOUT_CIRCUIT);
  }

  private async claimProbe(deploymentId: string): Promise<boolean> {
    const { store, states, clock, logger } = this.options;
    try {
      if (!(await store.setIfAbsent(claimKey(deploymentId), '1', { ttlMs: PROBE_MS_MAX }))) {
        this.probes.delete(deploymentId);
        states.defer(deploymentId, clock.monotonicMs(), LOOK_AGAIN_MS);
        return false;
      }
    } catch (error) {
      // Without a shared store each gateway probes for itself: one call each.
      logger.debug({ err: error, deploymentId }, 'a probe could not be claimed');
    }
    return true;
  }
}

/** What is unknown changes no circuit. */
const WITHOUT_CIRCUIT: CircuitPolicy = { allowedFails: 0, cooldownMs: 0, enabled: false };

const claimKey = (deploymentId: string): string => `circuit-probe:${deploymentId}`;
/** Whoever probes tells all gateways what it found; this is for when it cannot. */
const LOOK_AGAIN_MS = 1_000;
