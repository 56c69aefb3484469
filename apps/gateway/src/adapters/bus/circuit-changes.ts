import type { Bus, Subscription } from '@ao/bus';
import { circuitChangedV1 } from '@ao/contracts';
import type { Clock, IdGenerator, Logger } from '@ao/kernel';
import type { DeploymentStates } from '@ao/router';
import type { TellCircuitChange } from '../../application/circuits.js';

interface CircuitChangeParts {
  bus: Bus;
  gatewayId: string;
  clock: Clock;
  ids: IdGenerator;
  logger: Logger;
}

/** Publishes what this gateway finds. Best effort: another gateway that hears nothing finds out by itself. */
export function circuitTeller({ bus, gatewayId, clock, ids, logger }: CircuitChangeParts): TellCircuitChange {
  return ({ deploymentId, openForMs }) => {
    const atMs = clock.nowMs();
    const note = openForMs === null ? 'a deployment works again' : 'a deployment failed and is left alone';
    logger.warn({ deploymentId, openForMs }, note);
    const published = bus.publish(circuitChangedV1, {
      id: ids.next('evt'),
      occurredAt: new Date(atMs).toISOString(),
      payload: { deploymentId, gatewayId, openForMs, atMs },
    });
    published.catch((error: unknown) => logger.warn({ err: error, deploymentId }, 'a circuit change was not told'));
  };
}

/** Hears what other gateways find; a pause counts from when it was told. */
export function followCircuits(
  { bus, gatewayId, clock }: Pick<CircuitChangeParts, 'bus' | 'gatewayId' | 'clock'>,
  states: DeploymentStates,
): Promise<Subscription> {
  return bus.subscribe(circuitChangedV1, { kind: 'broadcast' }, (events) => {
    for (const { payload } of events) {
      if (payload.gatewayId === gatewayId) continue;
      const { deploymentId, openForMs, atMs } = payload;
      // Clocks differ: whatever they say, half of the pause at least is kept.
      const ageMs = Math.min(Math.max(0, clock.nowMs() - atMs), (openForMs ?? 0) / 2);
      const change = { deploymentId, openForMs: openForMs === null ? null : openForMs - ageMs };
      states.hear(change, clock.monotonicMs());
    }
  });
}
