import type { Actor, listFilesV1, RequestOf } from '@ao/contracts';
import { AppError, type Clock } from '@ao/kernel';
import { scopeOf } from '../../domain/scope.js';
import type { StoredFile } from '../../domain/stored-file.js';
import type { FileContents } from './file-contents.js';
import type { FileStore } from './ports.js';

/** Shows files to their owner, and to admins of the organisation. */
export class FindFiles {
  constructor(
    private readonly files: FileStore,
    private readonly contents: FileContents,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `not_found`, also for a file of others: its existence is theirs too. */
  async get(actor: Actor, fileId: string): Promise<StoredFile> {
    const file = await this.files.find(scopeOf(actor), fileId, this.clock.nowMs());
    if (file) return file;
    throw noFile(fileId);
  }

  async list({ actor, ...page }: RequestOf<typeof listFilesV1>): Promise<{ data: StoredFile[]; hasMore: boolean }> {
    const { limit, after, order, purpose } = page;
    const asked = { limit: limit + 1, after, order, purpose };
    const found = await this.files.list(scopeOf(actor), asked, this.clock.nowMs());
    return { data: found.slice(0, limit), hasMore: found.length > limit };
  }

  /** A chunk; null past the end. @throws AppError `not_found`. */
  async read(actor: Actor, fileId: string, position: number): Promise<Buffer | null> {
    await this.get(actor, fileId);
    return this.contents.read(fileId, position);
  }

  /** @throws AppError `not_found`. */
  async delete(actor: Actor, fileId: string): Promise<void> {
    if (actor.role === 'viewer') throw new AppError('permission_denied', 'A key with the role viewer deletes nothing.');
    if (await this.files.delete(scopeOf(actor), fileId, this.clock.nowMs())) return;
    throw noFile(fileId);
  }
}

const noFile = (fileId: string): AppError => new AppError('not_found', `There is no file ${fileId}.`, { param: 'id' });
