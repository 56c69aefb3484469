import type { createBatchV1, RequestOf } from '@ao/contracts';
import { AppError, type Clock, type IdGenerator } from '@ao/kernel';
import { COMPLETION_WINDOW_MS, type Batch } from '../../domain/batch.js';
import { scopeOf } from '../../domain/scope.js';
import { isStorable } from '../../domain/task-text.js';
import type { FileStore } from '../files/ports.js';
import { requireWriter } from '../files/upload-file.js';
import type { BatchStore } from './ports.js';

type Request = RequestOf<typeof createBatchV1>;

export interface CreateBatchOptions {
  batches: BatchStore;
  files: FileStore;
  openBatchesMax: number;
  clock: Clock;
  ids: IdGenerator;
  onCreated: () => void;
}

/** Takes a batch on; its lines are checked and run later. */
export class CreateBatch {
  constructor(private readonly options: CreateBatchOptions) {}

  /**
   * @throws AppError `permission_denied` (a viewer), `not_found` (the input file), `invalid_parameter`,
   *   `capacity_exceeded` (too many open batches).
   */
  async execute(request: Request): Promise<Batch> {
    const { batches, clock, ids, onCreated } = this.options;
    const { actor, endpoint, inputFileId, metadata, sealedKey, outputExpiresAfterSeconds = null } = request;
    requireWriter(actor);
    requireStorable(metadata ?? {});
    await this.requireInput(request);
    await this.requireRoom(actor.orgId);
    const createdAtMs = clock.nowMs();
    const batch = await batches.insert({
      id: ids.next('batch'),
      orgId: actor.orgId,
      keyId: actor.keyId,
      endpoint,
      inputFileId,
      metadata,
      sealedKey,
      outputExpiresAfterSeconds,
      createdAtMs,
      expiresAtMs: createdAtMs + COMPLETION_WINDOW_MS,
    });
    onCreated();
    return batch;
  }

  private async requireInput({ actor, inputFileId }: Request): Promise<void> {
    const file = await this.options.files.find(scopeOf(actor), inputFileId, this.options.clock.nowMs());
    const param = 'input_file_id';
    if (!file) throw new AppError('not_found', `There is no file ${inputFileId}.`, { param });
    if (file.purpose === 'batch') return;
    const message = `The file has the purpose ${file.purpose}; upload the input of a batch with the purpose "batch".`;
    throw new AppError('invalid_parameter', message, { param });
  }

  /** Two at the same moment may each find the last place: the limit guards the database, not money. */
  private async requireRoom(orgId: string): Promise<void> {
    const { batches, openBatchesMax } = this.options;
    if ((await batches.countOpen(orgId)) < openBatchesMax) return;
    throw new AppError(
      'capacity_exceeded',
      `The organisation has ${openBatchesMax} batches that have not ended, which is the limit. Wait for some to end.`,
      { retryAfterSeconds: 60 },
    );
  }
}

function requireStorable(metadata: Record<string, string>): void {
  if (
    Object.entries(metadata)
      .flat()
      .every((text) => isStorable(text) && text.isWellFormed())
  )
    return;
  throw new AppError('invalid_parameter', 'metadata: remove the NUL characters (\\u0000) and half characters.', {
    param: 'metadata',
  });
}
