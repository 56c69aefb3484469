import { silentLogger, sleep, type Clock } from '@ao/kernel';
import { openMemoryKeyValue, type KeyValue } from '@ao/keyvalue';
import { CapacityQueue } from '../../limits/capacity-queue.js';
import { DeploymentLimits } from '../../limits/deployment-limits.js';
import { LimitStore } from '../../limits/limit-store.js';
import { Circuits, type TellCircuitChange } from '../../circuits.js';
import type { ModelState } from '../../model-state.js';
import { Capacity } from './capacity.js';

interface AttemptOptions {
  store?: KeyValue;
  tell?: TellCircuitChange;
  waitMsMax?: number;
}

/** What attempts need beside a provider, all of it real and in memory. */
export function attemptParts(
  state: ModelState,
  clock: Clock,
  { store = openMemoryKeyValue(), tell = () => undefined, waitMsMax = 2_000 }: AttemptOptions = {},
) {
  return {
    random: () => 0,
    wait: sleep,
    circuits: new Circuits({ states: state.deployments, store, tell, clock, logger: silentLogger }),
    capacity: new Capacity(
      new DeploymentLimits(new LimitStore(store), () => undefined),
      new CapacityQueue({ sleep, lengthMax: 100, waitMsMax }),
    ),
  };
}
