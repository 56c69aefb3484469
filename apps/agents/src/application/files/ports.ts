import type { FilePurpose } from '@ao/contracts';
import type { Scope } from '../../domain/scope.js';
import type { StoredFile } from '../../domain/stored-file.js';

/** An upload belongs to the key that began it. */
export interface UploadRef {
  orgId: string;
  keyId: string;
  fileId: string;
}

export interface NewUpload extends UploadRef {
  filename: string;
  createdAtMs: number;
  /** When it is dropped unless it is finished. */
  expiresAtMs: number;
}

export interface Chunk {
  position: number;
  /** Sealed. */
  content: string;
  /** Before it was sealed. */
  bytes: number;
}

export interface FileLimits {
  fileBytesMax: number;
  organisationBytesMax: number;
  organisationFilesMax: number;
}

export interface FileStore {
  /** False when the organisation has as many files as it may. */
  create(upload: NewUpload, limits: Pick<FileLimits, 'organisationFilesMax'>): Promise<boolean>;
  append(
    upload: UploadRef,
    chunk: Chunk,
    limits: Pick<FileLimits, 'fileBytesMax' | 'organisationBytesMax'> | null,
  ): Promise<'appended' | 'no_upload' | 'file_full' | 'organisation_full'>;
  /** Null when there is no such upload. */
  finish(
    upload: UploadRef,
    end: { purpose: FilePurpose; expiresAt: (createdAtMs: number) => number },
  ): Promise<StoredFile | null>;
  discard(upload: UploadRef): Promise<void>;
  find(scope: Scope, fileId: string, nowMs: number): Promise<StoredFile | null>;
  /** Up to `limit` files in the order of their ids, after the one that `after` names. */
  list(scope: Scope, page: FilePage, nowMs: number): Promise<StoredFile[]>;
  /** A sealed chunk; null past the end. */
  readChunk(fileId: string, position: number): Promise<string | null>;
  /** False when there is no such file. */
  delete(scope: Scope, fileId: string, nowMs: number): Promise<boolean>;
  /** Removes up to `limit` files whose time is over, and says how many. */
  sweep(nowMs: number, limit: number): Promise<number>;
}

export interface FilePage {
  limit: number;
  after: string | undefined;
  order: 'asc' | 'desc';
  purpose: FilePurpose | undefined;
}
