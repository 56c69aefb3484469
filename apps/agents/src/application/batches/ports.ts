import type { Actor, BatchEndpoint, BatchError } from '@ao/contracts';
import type { GatewayAnswer } from '../../domain/judge-answer.js';
import type { Batch, BatchLine, BatchProgress, BatchRun } from '../../domain/batch.js';
import type { Scope } from '../../domain/scope.js';

export interface NewBatch extends Pick<
  Batch,
  'id' | 'endpoint' | 'inputFileId' | 'metadata' | 'createdAtMs' | 'expiresAtMs'
> {
  orgId: string;
  keyId: string;
  sealedKey: string | null;
  outputExpiresAfterSeconds: number | null;
}

export interface BatchStore {
  insert(batch: NewBatch): Promise<Batch>;
  find(scope: Scope, batchId: string): Promise<Batch | null>;
  /** Newest first, after the one that `after` names. */
  list(scope: Scope, page: { limit: number; after: string | undefined }): Promise<Batch[]>;
  /** Batches of an organisation that have not ended. */
  countOpen(orgId: string): Promise<number>;
  /** Has no further line begun. False when the batch is not one that can be cancelled. */
  cancel(scope: Scope, batchId: string, nowMs: number): Promise<boolean>;
  /** Removes up to `limit` ended batches whose window ended before `beforeMs`, and says how many. */
  sweep(beforeMs: number, limit: number): Promise<number>;
}

export interface NewLine {
  position: number;
  customId: string;
  /** Sealed. */
  body: string;
}

/** The files that a batch has made. */
export interface MadeFiles {
  outputFileId: string | null;
  errorFileId: string | null;
  expiresAtMs: number;
}

/**
 * Batches to be run, shared by all replicas. A run holds its batch by a lease; what is written for a lease that was lost
 * changes nothing: such a write throws `LeaseLost`, or says so.
 */
export interface BatchQueue {
  claim(options: { limit: number; leaseMs: number }): Promise<BatchRun[]>;
  /** Prolongs leases. @returns those of `runs` that still hold theirs. */
  renew(runs: BatchRun[], leaseMs: number): Promise<BatchRun[]>;
  /** Gives a batch back, for the next runner to take at once. */
  release(run: BatchRun): Promise<void>;
  /** Null when the lease was lost. */
  look(run: BatchRun): Promise<BatchProgress | null>;

  /** Forgets the lines of a validation that was cut off. */
  clearLines(run: BatchRun): Promise<void>;
  addLines(run: BatchRun, lines: NewLine[]): Promise<void>;
  begin(run: BatchRun, total: number, nowMs: number): Promise<void>;
  fail(run: BatchRun, errors: BatchError[], nowMs: number): Promise<void>;

  /** Has this run take no line before `settleMs` have passed that an earlier run left unsure. */
  deferUnsure(run: BatchRun, settleMs: number): Promise<void>;
  /** Takes up to `limit` lines that are due; another run of the batch takes them after `settleMs` at the earliest. */
  claimLines(run: BatchRun, options: { limit: number; settleMs: number }): Promise<BatchLine[]>;
  endLine(run: BatchRun, position: number, end: { succeeded: boolean; outcome: string }): Promise<void>;
  postponeLine(run: BatchRun, position: number, postponed: { delayMs: number; unsure: boolean }): Promise<void>;
  finalize(run: BatchRun, nowMs: number): Promise<void>;

  /** The lines after a position, in order; `succeeded` null: without an outcome. */
  outcomes(run: BatchRun, page: { after: number; limit: number }): Promise<StoredOutcome[]>;
  end(run: BatchRun, end: 'completed' | 'expired' | 'cancelled', files: MadeFiles, nowMs: number): Promise<void>;
}

export interface StoredOutcome {
  position: number;
  customId: string;
  succeeded: boolean | null;
  /** Sealed. */
  outcome: string | null;
}

/** Another runner has the batch, or it is no longer in the state that the work was for. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

export interface LineCall {
  lineId: string;
  batchId: string;
  endpoint: BatchEndpoint;
  /** JSON. */
  body: string;
  /** Null: send none. */
  apiKey: string | null;
}

/** `unreached`: the call may have been made, but nobody told how it ended. */
export type CallResult =
  { kind: 'answered'; answer: GatewayAnswer; requestId: string; body: unknown } | { kind: 'unreached' };

/** The gateway's public API, called as the batch's owner: wallets, limits and metering hold. */
export interface LineCalls {
  /** Ends within its deadline. @throws the signal's reason once it aborts. */
  send(call: LineCall, signal: AbortSignal): Promise<CallResult>;
  /**
   * Whether the gateway remembers a call of this line, so that sending it again gives its answer and costs nothing.
   * `unknown`: it cannot be asked now.
   */
  isRemembered(call: LineCall, signal: AbortSignal): Promise<boolean | 'unknown'>;
}

/** The log of requests. */
export interface Charges {
  /** Whether a call of this line was charged. @throws AppError when the log cannot be read now. */
  wasCharged(owner: Pick<Actor, 'orgId' | 'keyId'>, lineId: string): Promise<boolean>;
}
