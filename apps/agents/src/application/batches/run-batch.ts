import type { BatchError } from '@ao/contracts';
import type { Clock, Logger } from '@ao/kernel';
import type { BatchProgress, BatchRun } from '../../domain/batch.js';
import { LeaseLost, type BatchQueue } from './ports.js';
import type { RunLines, Signals } from './run-lines.js';
import type { ValidateBatch } from './validate-batch.js';
import type { WriteResults } from './write-results.js';

export interface RunBatchOptions {
  queue: BatchQueue;
  validateBatch: ValidateBatch;
  runLines: RunLines;
  writeResults: WriteResults;
  seal: { open(sealed: string): string };
  clock: Clock;
  logger: Logger;
}

/** Takes one claimed batch from status to status, to its end or until this process stops. */
export class RunBatch {
  constructor(private readonly options: RunBatchOptions) {}

  /** @throws when a step fails: the batch is then taken up again where it stands, after its lease. */
  async execute(run: BatchRun, signals: Signals): Promise<void> {
    const { queue, logger } = this.options;
    const fields = { batchId: run.batchId, orgId: run.orgId, runNumber: run.runNumber };
    try {
      const status = await this.advance(run, signals);
      if (status) logger.info({ ...fields, status }, 'batch ended');
    } catch (error) {
      if (!signals.cutOff.aborted) throw error;
      logger.warn(fields, 'a batch was cut off; another run takes it up');
    }
    if (signals.stopping.aborted) await queue.release(run);
  }

  /** The status that it ended in; null when it has not, or is another run's. */
  private async advance(run: BatchRun, signals: Signals): Promise<string | null> {
    while (!signals.stopping.aborted && !signals.cutOff.aborted) {
      const progress = await this.options.queue.look(run);
      if (!progress) return null;
      try {
        const ended = await this.step(run, progress, signals);
        if (ended) return ended;
      } catch (error) {
        // Its status was changed meanwhile, as by a cancellation, or its lease is gone: the next look tells.
        if (!(error instanceof LeaseLost)) throw error;
      }
    }
    return null;
  }

  private async step(run: BatchRun, progress: BatchProgress, signals: Signals): Promise<string | null> {
    const { queue, validateBatch, runLines, writeResults, clock } = this.options;
    const key = this.openKey(run);
    if (key.kind === 'unreadable') {
      await queue.fail(run, [UNREADABLE], clock.nowMs());
      return 'failed';
    }
    if (progress.status === 'validating') await validateBatch.execute(run, signals.cutOff);
    else if (progress.status === 'in_progress') await runLines.execute(run, key.apiKey, signals);
    else return writeResults.execute(run, progress, signals.cutOff);
    return null;
  }

  private openKey({ batchId, sealedKey }: BatchRun): { kind: 'read'; apiKey: string | null } | { kind: 'unreadable' } {
    try {
      return { kind: 'read', apiKey: sealedKey === null ? null : this.options.seal.open(sealedKey) };
    } catch (error) {
      this.options.logger.error({ err: error, batchId }, 'the key of a batch cannot be opened');
      return { kind: 'unreadable' };
    }
  }
}

const UNREADABLE: BatchError = {
  code: 'key_unreadable',
  line: null,
  message: 'The key of this batch can no longer be read; the master key was changed. Make the batch again.',
  param: null,
};
