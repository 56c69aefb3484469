import type { UsageReport } from '@ao/contracts';
import type { AppError } from '@ao/kernel';
import type { Reservation } from '../../../domain/lease-pool.js';
import type { Admission } from '../../limits/limits.js';
import type { DeploymentShare } from '../../limits/deployment-limits.js';
import type { Payers } from '../../payers.js';
import type { CallRecord } from '../call-record.js';
import type { InboundCall, Responder } from '../call.js';
import type { AtProvider } from '../note-failure.js';
import type { CallPlan } from '../plan-call.js';
import type { StreamAllowance } from '../stream-allowance.js';
import type { StreamedText } from '../streamed-text.js';

/** One call under way. What stands below the line belongs to the attempt that is made now. */
export interface RunningCall {
  readonly call: InboundCall;
  readonly record: CallRecord;
  readonly out: Responder;
  readonly admission: Admission | null;
  /** By the clock of `Clock.monotonicMs`: the call has failed then, whatever could still be tried. */
  readonly deadlineMs: number;
  /** Replaced where a call goes on at a model that others pay for too. */
  payers: Payers | null;
  reservation: Reservation | null;
  /** Whether the caller has had the first bytes. */
  hasBegun: boolean;
  /** Why the stream broke off after it had begun. */
  brokeOff: AppError | null;
  /** What became of the call, once it is on record. */
  report: UsageReport | null;
  /**
   * Puts the call on record. Called before the last bytes of a whole answer go out: whoever has seen the end is billed for
   * it, and exactly, even if this process is killed the moment after.
   */
  readonly noteEnd: () => void;
  /** Counts from 1. */
  attempts: number;
  /** What the gateway itself took before the first attempt; null before it. */
  overheadMs: number | null;
  // ————
  plan: CallPlan;
  /** Whether the deployment's circuit let the attempt through, and has not been told yet what came of it. */
  isAdmitted: boolean;
  /** What the attempt has taken of its deployment's limits; null: those it has none of. */
  share: DeploymentShare | null;
  sentMs: number;
  atProvider: AtProvider;
  /** Of a stream, what the caller has received. */
  text: StreamedText;
  /** How far a stream may go that is not reserved for to its end. */
  allowance: StreamAllowance | null;
}

/** Whether the answer is to say what it cost. */
export const wantsCost = ({ call, plan }: Pick<RunningCall, 'call' | 'plan'>): boolean =>
  plan.request.includeCost || call.principal.includeCost;
