import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, epochMs, id } from '../../fields.js';

/** A page is one message, and a batch may have 16 long values of metadata and 20 errors. */
export const BATCHES_PER_PAGE_MAX = 20;
export const BATCH_ERRORS_MAX = 20;

/** What the lines of a batch may call. */
export const batchEndpoint = z.enum(['/v1/chat/completions', '/v1/completions', '/v1/embeddings', '/v1/responses']);
export type BatchEndpoint = z.output<typeof batchEndpoint>;

export const batchStatus = z.enum([
  'validating',
  'failed',
  'in_progress',
  'finalizing',
  'completed',
  'expired',
  'cancelling',
  'cancelled',
]);
export type BatchStatus = z.output<typeof batchStatus>;

/** What is wrong with the input of a batch. */
export const batchError = z.object({
  code: z.string().max(64),
  /** From 1; null for the file as a whole. */
  line: z.int().min(1).nullable(),
  message: z.string().max(300),
  param: z.string().max(64).nullable(),
});
export type BatchError = z.output<typeof batchError>;

export const batchMetadata = z
  .record(z.string().min(1).max(64), z.string().max(512))
  .refine((pairs) => Object.keys(pairs).length <= 16, 'at most 16 pairs');

const moment = epochMs.nullable();
export const batch = z.object({
  id,
  endpoint: batchEndpoint,
  status: batchStatus,
  inputFileId: id,
  /** What was answered, and what failed: files once the batch has ended, if there is any such line. */
  outputFileId: id.nullable(),
  errorFileId: id.nullable(),
  errors: z.array(batchError).max(BATCH_ERRORS_MAX).nullable(),
  requestCounts: z.object({ total: z.int().min(0), completed: z.int().min(0), failed: z.int().min(0) }),
  metadata: batchMetadata.nullable(),
  createdAtMs: epochMs,
  /** The end of the completion window. */
  expiresAtMs: epochMs,
  inProgressAtMs: moment,
  finalizingAtMs: moment,
  completedAtMs: moment,
  failedAtMs: moment,
  expiredAtMs: moment,
  cancellingAtMs: moment,
  cancelledAtMs: moment,
});
export type Batch = z.output<typeof batch>;

const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'member' as const };
const batchExample: z.input<typeof batch> = {
  id: 'batch_1',
  endpoint: '/v1/chat/completions',
  status: 'completed',
  inputFileId: 'file_1',
  outputFileId: 'file_2',
  errorFileId: null,
  errors: null,
  requestCounts: { total: 2, completed: 2, failed: 0 },
  metadata: { purpose: 'nightly' },
  createdAtMs: 1_767_225_600_000,
  expiresAtMs: 1_767_312_000_000,
  inProgressAtMs: 1_767_225_601_000,
  finalizingAtMs: 1_767_225_602_000,
  completedAtMs: 1_767_225_603_000,
  failedAtMs: null,
  expiredAtMs: null,
  cancellingAtMs: null,
  cancelledAtMs: null,
};
const oneBatch = { request: { actor: actorExample, batchId: 'batch_1' }, response: { batch: batchExample } };

/**
 * Runs each line of a file as a call of the key that asks for it, through the gateway, so that wallets, limits, prices and
 * the log hold. The key travels sealed with the master key and is wiped when the batch ends.
 */
export const createBatchV1 = defineRpc({
  subject: 'rpc.agents.create-batch.v1',
  owner: 'agents',
  request: z.object({
    actor,
    inputFileId: id,
    endpoint: batchEndpoint,
    completionWindow: z.literal('24h'),
    metadata: batchMetadata.nullable(),
    /** How long its files are kept; absent: as long as the operator keeps files. */
    outputExpiresAfterSeconds: z.int().min(1).optional(),
    /** Null where the gateway asks for no key. */
    sealedKey: z.string().max(8_192).nullable(),
  }),
  response: z.object({ batch }),
  example: {
    request: {
      actor: actorExample,
      inputFileId: 'file_1',
      endpoint: '/v1/chat/completions',
      completionWindow: '24h',
      metadata: null,
      sealedKey: 'v1.…',
    },
    response: { batch: batchExample },
  },
});

/** Members see the batches of their key, admins those of the organisation; so with all that follows. */
export const getBatchV1 = defineRpc({
  subject: 'rpc.agents.get-batch.v1',
  owner: 'agents',
  request: z.object({ actor, batchId: id }),
  response: z.object({ batch }),
  example: oneBatch,
});

/** Newest first. */
export const listBatchesV1 = defineRpc({
  subject: 'rpc.agents.list-batches.v1',
  owner: 'agents',
  request: z.object({
    actor,
    limit: z.int().min(1).max(BATCHES_PER_PAGE_MAX),
    /** The id of the last batch of the page before. */
    after: id.optional(),
  }),
  response: z.object({ data: z.array(batch), hasMore: z.boolean() }),
  example: { request: { actor: actorExample, limit: 20 }, response: { data: [batchExample], hasMore: false } },
});

/** Begins no more lines; those under way end. Again: the same answer. */
export const cancelBatchV1 = defineRpc({
  subject: 'rpc.agents.cancel-batch.v1',
  owner: 'agents',
  request: z.object({ actor, batchId: id }),
  response: z.object({ batch }),
  example: oneBatch,
});
