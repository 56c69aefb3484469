import type { Clock } from '@ao/kernel';
import type { Upstream } from '../../ports.js';
import type { StreamSource } from '../relay-stream.js';
import type { RunningCall } from './running-call.js';

/** What of an attempt is one to the gateway, whatever the call. */
export interface AttemptParts {
  upstream: Upstream;
  clock: Clock;
  /** Finds who goes on with a stream that broke off; null: nobody. */
  recover: (running: RunningCall, error: unknown, sent: Buffer | null) => Promise<StreamSource | null>;
}
