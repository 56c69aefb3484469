import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, epochMs, id } from '../../fields.js';

/** What travels of a file in one message: as base64 it stays well below what a message may have. */
export const FILE_CHUNK_BYTES_MAX = 262_144;
/** A page is one message; a caller who asks for more gets so many, and the word that there are more. */
export const FILES_PER_PAGE_MAX = 500;
/** The most that an operator may let a file have. */
export const FILE_BYTES_MAX = 536_870_912;
export const FILENAME_LENGTH_MAX = 255;

/** What a caller may say that a file is for. */
export const uploadPurpose = z.enum(['assistants', 'batch', 'evals', 'fine-tune', 'user_data', 'vision']);
export const filePurpose = z.enum([...uploadPurpose.options, 'batch_output']);
export type FilePurpose = z.output<typeof filePurpose>;

export const storedFile = z.object({
  id,
  purpose: filePurpose,
  filename: z.string().min(1).max(FILENAME_LENGTH_MAX),
  bytes: z.int().min(0),
  createdAtMs: epochMs,
  expiresAtMs: epochMs,
});
export type StoredFile = z.output<typeof storedFile>;

/** A chunk in base64. */
const content = z.base64().max((FILE_CHUNK_BYTES_MAX / 3) * 4 + 4);
const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'member' as const };
const fileExample: z.input<typeof storedFile> = {
  id: 'file_1',
  purpose: 'batch',
  filename: 'requests.jsonl',
  bytes: 3,
  createdAtMs: 1_767_225_600_000,
  expiresAtMs: 1_769_817_600_000,
};
const oneFile = { request: { actor: actorExample, fileId: 'file_1' }, response: { file: fileExample } };

/** Begins an upload: only its key may go on with it, nobody sees it before it is finished. */
export const startUploadV1 = defineRpc({
  subject: 'rpc.agents.start-upload.v1',
  owner: 'agents',
  request: z.object({ actor, filename: z.string().min(1).max(FILENAME_LENGTH_MAX) }),
  response: z.object({ fileId: id }),
  example: { request: { actor: actorExample, filename: 'requests.jsonl' }, response: { fileId: 'file_1' } },
});

/** The next chunk; positions count from 0. */
export const appendUploadV1 = defineRpc({
  subject: 'rpc.agents.append-upload.v1',
  owner: 'agents',
  deadlineMs: 10_000,
  request: z.object({ actor, fileId: id, position: z.int().min(0), content }),
  response: z.object({}),
  example: { request: { actor: actorExample, fileId: 'file_1', position: 0, content: 'e30K' }, response: {} },
});

/** Makes the upload a file. `expiresAfterSeconds` counts from the begin of the upload. */
export const finishUploadV1 = defineRpc({
  subject: 'rpc.agents.finish-upload.v1',
  owner: 'agents',
  request: z.object({
    actor,
    fileId: id,
    purpose: uploadPurpose,
    /** Absent: as long as the operator keeps files. */
    expiresAfterSeconds: z.int().min(1).optional(),
  }),
  response: z.object({ file: storedFile }),
  example: {
    request: { actor: actorExample, fileId: 'file_1', purpose: 'batch' },
    response: { file: fileExample },
  },
});

/** Drops an upload that will not be finished. */
export const discardUploadV1 = defineRpc({
  subject: 'rpc.agents.discard-upload.v1',
  owner: 'agents',
  request: z.object({ actor, fileId: id }),
  response: z.object({}),
  example: { request: oneFile.request, response: {} },
});

/** Members see the files of their key, admins those of the organisation; so with all that follows. */
export const getFileV1 = defineRpc({
  subject: 'rpc.agents.get-file.v1',
  owner: 'agents',
  request: z.object({ actor, fileId: id }),
  response: z.object({ file: storedFile }),
  example: oneFile,
});

export const listFilesV1 = defineRpc({
  subject: 'rpc.agents.list-files.v1',
  owner: 'agents',
  request: z.object({
    actor,
    limit: z.int().min(1).max(FILES_PER_PAGE_MAX),
    /** The id of the last file of the page before. */
    after: id.optional(),
    order: z.enum(['asc', 'desc']).optional().default('desc'),
    purpose: filePurpose.optional(),
  }),
  response: z.object({ data: z.array(storedFile), hasMore: z.boolean() }),
  example: { request: { actor: actorExample, limit: 20 }, response: { data: [fileExample], hasMore: false } },
});

/** A chunk of a file; null past its end. */
export const readFileV1 = defineRpc({
  subject: 'rpc.agents.read-file.v1',
  owner: 'agents',
  deadlineMs: 10_000,
  request: z.object({ actor, fileId: id, position: z.int().min(0) }),
  response: z.object({ content: content.nullable() }),
  example: { request: { actor: actorExample, fileId: 'file_1', position: 0 }, response: { content: 'e30K' } },
});

export const deleteFileV1 = defineRpc({
  subject: 'rpc.agents.delete-file.v1',
  owner: 'agents',
  deadlineMs: 10_000,
  request: z.object({ actor, fileId: id }),
  response: z.object({ deleted: z.literal(true) }),
  example: { request: oneFile.request, response: { deleted: true } },
});
