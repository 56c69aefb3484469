import { sleep, type Clock, type Logger } from '@ao/kernel';
import { afterInterruption, INTERRUPTIONS_MAX, type RunEnd, type TaskRun } from '../domain/task.js';
import { RESULT_BYTES_MAX, toError, toResult } from '../domain/task-text.js';
import type { Models, Seal, TaskQueue } from './ports.js';

export interface RunTaskOptions {
  queue: TaskQueue;
  models: Models;
  seal: Seal;
  clock: Clock;
  logger: Logger;
}

/** The answer is paid for: worth waiting out a short absence of the database. */
const STORE_ATTEMPTS_MAX = 5;
const STORE_DELAY_FIRST_MS = 200;

/** Runs one claimed task to its end. */
export class RunTask {
  constructor(private readonly options: RunTaskOptions) {}

  /**
   * @param signal Cuts the run off; the task then waits for another one.
   * @throws when the end cannot be stored: the task is then run again after its lease.
   */
  async execute(run: TaskRun, signal: AbortSignal): Promise<void> {
    const end = await this.perform(run, signal);
    const held = await this.store(run, end);
    const { taskId, orgId, runNumber } = run;
    const fields = { taskId, orgId, runNumber, end: end.kind };
    if (!held) this.options.logger.warn(fields, 'a task went to another runner while this one had it');
    else if (end.kind === 'completed') this.options.logger.info(fields, 'task ended');
    else this.options.logger.warn(fields, 'task did not complete');
  }

  private async perform(run: TaskRun, signal: AbortSignal): Promise<RunEnd> {
    // Its last runner ended before it could tell how it went.
    if (run.interruptions > INTERRUPTIONS_MAX) return failed('The task was interrupted too often and given up.');
    let apiKey: string | null;
    try {
      apiKey = run.sealedKey === null ? null : this.options.seal.open(run.sealedKey);
    } catch (error) {
      this.options.logger.error({ err: error, taskId: run.taskId }, 'the key of a task cannot be opened');
      return failed('The key of this task can no longer be read; the master key was changed. Submit the task again.');
    }
    try {
      return await this.ask(run, apiKey, signal);
    } catch (error) {
      if (signal.aborted) return { kind: 'released', delayMs: 0, interruptions: run.interruptions };
      this.options.logger.error({ err: error, taskId: run.taskId }, 'a task failed because of a fault on our side');
      return failed('The task failed because of a fault on our side.');
    }
  }

  private async ask(run: TaskRun, apiKey: string | null, signal: AbortSignal): Promise<RunEnd> {
    const { taskId, model, query } = run;
    const answer = await this.options.models.ask({ taskId, model, query, apiKey }, signal);
    if (answer.kind === 'away') return afterInterruption(run, toError(answer.error, apiKey));
    if (answer.kind === 'refused') return failed(toError(answer.error, apiKey));
    const result = toResult(answer.text);
    if (result !== null) return { kind: 'completed', result };
    return failed(`The answer was longer than the ${RESULT_BYTES_MAX} bytes that are kept. Ask for a shorter one.`);
  }

  private async store(run: TaskRun, end: RunEnd): Promise<boolean> {
    const { queue, clock, logger } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await queue.end(run, end, clock.nowMs());
      } catch (error) {
        if (attempt === STORE_ATTEMPTS_MAX) throw error;
        logger.warn({ err: error, taskId: run.taskId, attempt }, 'the end of a task was not stored, trying again');
        await sleep(STORE_DELAY_FIRST_MS * 2 ** attempt);
      }
    }
  }
}

const failed = (error: string): RunEnd => ({ kind: 'failed', error });
