/** What the lines of a batch may call. */
export type BatchEndpoint = '/v1/chat/completions' | '/v1/completions' | '/v1/embeddings' | '/v1/responses';

type BatchStatus =
  'validating' | 'failed' | 'in_progress' | 'finalizing' | 'completed' | 'expired' | 'cancelling' | 'cancelled';

/** What is wrong with the input of a batch. */
export interface BatchError {
  code: string;
  /** From 1; null for the file as a whole. */
  line: number | null;
  message: string;
  param: string | null;
}

/** Calls that a key has handed over, to be made in the background. Moments are null until they have come. */
export interface Batch {
  id: string;
  endpoint: BatchEndpoint;
  status: BatchStatus;
  inputFileId: string;
  /** What was answered, and what failed: files once the batch has ended, if there is any such line. */
  outputFileId: string | null;
  errorFileId: string | null;
  errors: BatchError[] | null;
  requestCounts: { total: number; completed: number; failed: number };
  metadata: Record<string, string> | null;
  createdAtMs: number;
  /** The end of the completion window. */
  expiresAtMs: number;
  inProgressAtMs: number | null;
  finalizingAtMs: number | null;
  completedAtMs: number | null;
  failedAtMs: number | null;
  expiredAtMs: number | null;
  cancellingAtMs: number | null;
  cancelledAtMs: number | null;
}

/** A batch in the hands of a runner. `runNumber` tells its lease from that of the runner before and after. */
export interface BatchRun {
  batchId: string;
  orgId: string;
  keyId: string;
  runNumber: number;
  endpoint: BatchEndpoint;
  inputFileId: string;
  /** Null where the gateway asks for no key. */
  sealedKey: string | null;
  createdAtMs: number;
  expiresAtMs: number;
  outputExpiresAfterSeconds: number | null;
}

/** How far a batch is, as its runner asks again and again. */
export interface BatchProgress {
  status: BatchStatus;
  /** Lines without an outcome. */
  open: number;
}

/** A line in the hands of its batch's runner. */
export interface BatchLine {
  position: number;
  customId: string;
  /** The JSON of the call, sealed. */
  sealedBody: string;
  /** Calls that failed before this one. */
  attempts: number;
  /** An earlier run may have made, and paid for, a call whose answer is lost. */
  unsure: boolean;
}

/** What came of a line: an answer of the gateway, whatever its status, or none. */
export type LineOutcome =
  | { kind: 'answered'; status: number; requestId: string; body: unknown }
  | { kind: 'unanswered'; code: string; message: string };

/** How a run of a line ends: for good, or with the line back among the waiting. */
export type LineEnd =
  | { kind: 'ended'; outcome: LineOutcome }
  | { kind: 'again'; delayMs: number; /** Was it perhaps paid for? */ unsure: boolean };

export const succeeded = (outcome: LineOutcome): boolean =>
  outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300;

export const COMPLETION_WINDOW_MS = 86_400_000;

/** Stands for a line in the log of requests, and as the key under which the gateway makes its call once. */
export const lineIdOf = (batchId: string, position: number): string =>
  `batch_req_${batchId.replace(/^batch_/, '')}_${position}`;

/** What a batch whose lines are through has become. */
export function endOf({ status, open }: BatchProgress): 'completed' | 'expired' | 'cancelled' {
  if (status === 'cancelling') return 'cancelled';
  return open > 0 ? 'expired' : 'completed';
}

/** What is said of the lines that were never run, or not to their end. */
export const unrun: Readonly<Record<'expired' | 'cancelled', LineOutcome>> = {
  expired: {
    kind: 'unanswered',
    code: 'batch_expired',
    message: 'The completion window ended before this request was carried out.',
  },
  cancelled: {
    kind: 'unanswered',
    code: 'batch_cancelled',
    message: 'The batch was cancelled before this request was carried out.',
  },
};
