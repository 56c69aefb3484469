import type { Clock } from '@ao/kernel';
import type { Budget } from '../../budget.js';
import type { Circuits } from '../../circuits.js';
import type { ModelState } from '../../model-state.js';
import type { Upstream } from '../../ports.js';
import type { PlanOptions } from '../plan-call.js';
import type { StreamSource } from '../relay-stream.js';
import type { Capacity } from './capacity.js';
import type { RunningCall } from './running-call.js';

/** What of an attempt is one to the gateway, whatever the call. */
export interface AttemptParts {
  upstream: Upstream;
  clock: Clock;
  /** Finds who goes on with a stream that broke off; null: nobody. */
  recover: (running: RunningCall, error: unknown, sent: Buffer | null) => Promise<StreamSource | null>;
}

/** What all attempts of all calls share. */
export interface AttemptsParts {
  upstream: Upstream;
  budget: Budget;
  state: ModelState;
  circuits: Circuits;
  capacity: Capacity;
  plan: PlanOptions;
  clock: Clock;
  /** Between two attempts. */
  wait: (durationMs: number, signal: AbortSignal) => Promise<void>;
}
