import { sleep, type Clock, type Logger } from '@ao/kernel';
import { succeeded, type BatchLine, type BatchRun, type LineEnd } from '../../domain/batch.js';
import type { SecretSeal } from '../files/file-contents.js';
import { LeaseLost, type BatchQueue } from './ports.js';
import type { Places } from './places.js';
import type { RunLine } from './run-line.js';

export interface RunLinesOptions {
  queue: BatchQueue;
  runLine: RunLine;
  seal: SecretSeal;
  /** Of all batches of this process. */
  places: Places;
  /** Of one batch. */
  concurrencyMax: number;
  settleMs: number;
  pollMs: number;
  clock: Clock;
  logger: Logger;
}

/** The answer is paid for: worth waiting out a short absence of the database. */
const STORE_ATTEMPTS_MAX = 5;
const STORE_DELAY_FIRST_MS = 200;

export interface Signals {
  /** Begin nothing more. */
  stopping: AbortSignal;
  /** Drop what is under way. */
  cutOff: AbortSignal;
}

/** The lines of one run that are under way, and what went wrong with us, not with them. */
interface UnderWay {
  lines: Set<Promise<void>>;
  failure: { error: unknown } | null;
}

/** Runs the lines of a batch, a bounded number at a time, until they are through, or the batch is no longer to be run. */
export class RunLines {
  constructor(private readonly options: RunLinesOptions) {}

  /**
   * Lets the lines under way end before it returns.
   * @throws `LeaseLost`; what kept the outcome of a line from being stored: another run has to take the line up.
   */
  async execute(run: BatchRun, apiKey: string | null, { stopping, cutOff }: Signals): Promise<void> {
    const { queue, clock, concurrencyMax, settleMs, pollMs } = this.options;
    const underWay: UnderWay = { lines: new Set(), failure: null };
    const { lines: running } = underWay;
    // A gateway that died with the earlier run tells of its calls only once it is back, perhaps with this process.
    await queue.deferUnsure(run, settleMs);
    try {
      while (!stopping.aborted && !cutOff.aborted && !underWay.failure) {
        const progress = await queue.look(run);
        if (progress?.status !== 'in_progress') break;
        if (progress.open === 0 || clock.nowMs() >= run.expiresAtMs) break;
        const limit = concurrencyMax - running.size;
        const lines = limit > 0 ? await queue.claimLines(run, { limit, settleMs }) : [];
        for (const line of lines) this.begin(run, line, apiKey, cutOff, underWay);
        if (lines.length > 0 && running.size < concurrencyMax) continue;
        await pause([...running], pollMs, stopping);
      }
    } finally {
      await Promise.all(running);
    }
    if (underWay.failure) throw underWay.failure.error;
    if (stopping.aborted || cutOff.aborted) return;
    const progress = await queue.look(run);
    if (progress?.status === 'in_progress') await queue.finalize(run, clock.nowMs());
  }

  private begin(run: BatchRun, line: BatchLine, apiKey: string | null, cutOff: AbortSignal, underWay: UnderWay): void {
    const done = this.options.places
      .take(() => this.perform(run, line, apiKey, cutOff))
      // The line is unsure now: the next run of the batch finds out what became of it.
      .catch((error: unknown) => void (underWay.failure ??= { error }))
      .finally(() => underWay.lines.delete(done));
    underWay.lines.add(done);
  }

  private async perform(run: BatchRun, line: BatchLine, apiKey: string | null, cutOff: AbortSignal): Promise<void> {
    cutOff.throwIfAborted();
    const { queue, seal, runLine } = this.options;
    const { position } = line;
    const end: LineEnd = await runLine.execute(run, line, apiKey, cutOff);
    if (end.kind === 'again') return this.store(() => queue.postponeLine(run, position, end));
    const outcome = seal.seal(JSON.stringify(end.outcome), `${run.batchId}:${position}`);
    await this.store(() => queue.endLine(run, position, { succeeded: succeeded(end.outcome), outcome }));
  }

  private async store(write: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await write();
      } catch (error) {
        if (attempt === STORE_ATTEMPTS_MAX || error instanceof LeaseLost) throw error;
        this.options.logger.warn({ err: error, attempt }, 'the outcome of a line was not stored, trying again');
        await sleep(STORE_DELAY_FIRST_MS * 2 ** attempt);
      }
    }
  }
}

/** Until a line has ended, or it is time to look again. */
async function pause(running: Promise<void>[], pollMs: number, stopping: AbortSignal): Promise<void> {
  const woken = new AbortController();
  await Promise.race([sleep(pollMs, AbortSignal.any([stopping, woken.signal])), ...running]);
  woken.abort();
}
