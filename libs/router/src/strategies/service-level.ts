import type { ServiceLevel } from '@ao/contracts';
import type { StatesView } from '../state/deployment-states.js';

/** Whether a deployment keeps a service level, as far as it was measured: what nobody has called lately has missed nothing. */
export function keepsLevel(level: ServiceLevel, deploymentId: string, states: StatesView, nowMs: number): boolean {
  const { latencyMsP95, errorRate } = states.figures(deploymentId, nowMs);
  if (level.latencyMsP95Max !== undefined && (latencyMsP95 ?? 0) > level.latencyMsP95Max) return false;
  return level.errorRateMax === undefined || errorRate <= level.errorRateMax;
}
