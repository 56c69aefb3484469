import type { ShelfKind } from '../../memory/memory.js';
import { refuse, type RefusedCall } from '../protocol.js';

/** OpenAI's description of a file. */
export interface FileObject {
  readonly id: string;
  readonly object: 'file';
  readonly bytes: number;
  readonly created_at: number;
  readonly filename: string;
  readonly purpose: string;
  readonly status: 'processed';
}

interface StoredFile {
  readonly described: FileObject;
  readonly content: Uint8Array;
}

/** Uploaded files and the outputs of batches. */
export const FILES: ShelfKind<StoredFile> = {
  name: 'files',
  countMax: 1000,
  bytesMax: 256 * 1024 * 1024,
  byteCountOf: (file) => file.content.length,
};

/** The complaint about an id that nothing has. */
export function noSuch(kind: string, id: string): RefusedCall {
  return refuse({ kind: 'unknown_url', model: '', param: 'id', code: null, message: `No such ${kind} object: ${id}` });
}
