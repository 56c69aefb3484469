import type { Clock } from '@ao/kernel';
import type { BatchStore } from '../batches/ports.js';
import type { FileStore } from './ports.js';

const ROWS_PER_DELETE = 50;
const DAY_MS = 86_400_000;

/** Removes files whose time is over, uploads that were not finished, and batches that ended long ago. */
export class Sweep {
  constructor(
    private readonly files: Pick<FileStore, 'sweep'>,
    private readonly batches: Pick<BatchStore, 'sweep'>,
    private readonly options: { retentionDays: number; clock: Clock },
  ) {}

  async execute(signal: AbortSignal): Promise<void> {
    const { retentionDays, clock } = this.options;
    const nowMs = clock.nowMs();
    const steps = [
      () => this.files.sweep(nowMs, ROWS_PER_DELETE),
      () => this.batches.sweep(nowMs - retentionDays * DAY_MS, ROWS_PER_DELETE),
    ];
    for (const step of steps) {
      let removed = ROWS_PER_DELETE;
      while (removed === ROWS_PER_DELETE && !signal.aborted) removed = await step();
    }
  }
}
