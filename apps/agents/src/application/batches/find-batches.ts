import type { Actor, cancelBatchV1, listBatchesV1, RequestOf } from '@ao/contracts';
import { AppError, type Clock } from '@ao/kernel';
import type { Batch } from '../../domain/batch.js';
import { scopeOf } from '../../domain/scope.js';
import { requireWriter } from '../files/upload-file.js';
import type { BatchStore } from './ports.js';

/** Shows batches to their owner, and to admins of the organisation. */
export class FindBatches {
  constructor(
    private readonly batches: BatchStore,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `not_found`, also for a batch of others: its existence is theirs too. */
  async get(actor: Actor, batchId: string): Promise<Batch> {
    const batch = await this.batches.find(scopeOf(actor), batchId);
    if (batch) return batch;
    throw new AppError('not_found', `There is no batch ${batchId}.`, { param: 'id' });
  }

  async list({ actor, limit, after }: RequestOf<typeof listBatchesV1>): Promise<{ data: Batch[]; hasMore: boolean }> {
    const found = await this.batches.list(scopeOf(actor), { limit: limit + 1, after });
    return { data: found.slice(0, limit), hasMore: found.length > limit };
  }

  /** @throws AppError `not_found`, `conflict` (it has ended, or its files are being written). */
  async cancel({ actor, batchId }: RequestOf<typeof cancelBatchV1>): Promise<Batch> {
    requireWriter(actor);
    const cancelled = await this.batches.cancel(scopeOf(actor), batchId, this.clock.nowMs());
    const batch = await this.get(actor, batchId);
    if (cancelled || batch.status === 'cancelling' || batch.status === 'cancelled') return batch;
    throw new AppError('conflict', `The batch is ${batch.status}: there is nothing left to cancel.`, { param: 'id' });
  }
}
