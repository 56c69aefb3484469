import {
  FILE_CHUNK_BYTES_MAX,
  type Actor,
  type appendUploadV1,
  type finishUploadV1,
  type RequestOf,
  type startUploadV1,
} from '@ao/contracts';
import { AppError, type Clock, type IdGenerator } from '@ao/kernel';
import { expiryOf, UPLOAD_TTL_MS, type StoredFile } from '../../domain/stored-file.js';
import { isStorable } from '../../domain/task-text.js';
import type { FileContents } from './file-contents.js';
import type { FileLimits, FileStore, UploadRef } from './ports.js';

export interface UploadFileOptions {
  files: FileStore;
  contents: FileContents;
  limits: FileLimits;
  retentionDays: number;
  clock: Clock;
  ids: IdGenerator;
}

/** Takes a file in, chunk by chunk; it is there for others once it is finished. */
export class UploadFile {
  constructor(private readonly options: UploadFileOptions) {}

  /** @throws AppError `permission_denied` (a viewer), `invalid_parameter`, `capacity_exceeded` (too many files). */
  async start({ actor, filename }: RequestOf<typeof startUploadV1>): Promise<string> {
    const { files, limits, clock, ids } = this.options;
    requireWriter(actor);
    if (!isStorable(filename)) throw new AppError('invalid_parameter', 'A file name has no NUL characters.');
    const createdAtMs = clock.nowMs();
    const upload = {
      ...refOf(actor, ids.next('file')),
      filename: filename.toWellFormed(),
      createdAtMs,
      expiresAtMs: createdAtMs + UPLOAD_TTL_MS,
    };
    if (await files.create(upload, limits)) return upload.fileId;
    throw new AppError(
      'capacity_exceeded',
      `The organisation has ${limits.organisationFilesMax} files, which is the limit. Delete some.`,
    );
  }

  /** @throws AppError `not_found`, `payload_too_large` (the file's limit, or the organisation's). */
  async append({ actor, fileId, position, content }: RequestOf<typeof appendUploadV1>): Promise<void> {
    const { files, contents, limits } = this.options;
    const bytes = Buffer.from(content, 'base64');
    if (bytes.length > FILE_CHUNK_BYTES_MAX) throw new AppError('payload_too_large', 'The chunk is too large.');
    const chunk = { position, content: contents.sealChunk(fileId, position, bytes), bytes: bytes.length };
    const appended = await files.append(refOf(actor, fileId), chunk, limits);
    if (appended === 'no_upload') throw noUpload(fileId);
    if (appended === 'file_full') {
      throw tooLarge(`A file may have ${limits.fileBytesMax} bytes (AGENTS_FILE_BYTES_MAX). Split it.`);
    }
    if (appended === 'organisation_full') {
      const { organisationBytesMax: max } = limits;
      throw tooLarge(`The files of the organisation may have ${max} bytes together. Delete some.`);
    }
  }

  /** @throws AppError `not_found`. */
  async finish(request: RequestOf<typeof finishUploadV1>): Promise<StoredFile> {
    const { actor, fileId, purpose, expiresAfterSeconds = null } = request;
    const { files, retentionDays } = this.options;
    const expiresAt = (createdAtMs: number): number => expiryOf(createdAtMs, expiresAfterSeconds, retentionDays);
    const file = await files.finish(refOf(actor, fileId), { purpose, expiresAt });
    if (file) return file;
    throw noUpload(fileId);
  }

  async discard(actor: Actor, fileId: string): Promise<void> {
    await this.options.files.discard(refOf(actor, fileId));
  }
}

/** @throws AppError `permission_denied` for a key that may only read. */
export function requireWriter({ role }: Actor): void {
  if (role !== 'viewer') return;
  throw new AppError('permission_denied', 'A key with the role viewer reads; it stores no files and runs no batches.');
}

const refOf = ({ orgId, keyId }: Actor, fileId: string): UploadRef => ({ orgId, keyId, fileId });
const tooLarge = (message: string): AppError => new AppError('payload_too_large', message, { param: 'file' });
const noUpload = (fileId: string): AppError => new AppError('not_found', `There is no upload ${fileId}.`);
