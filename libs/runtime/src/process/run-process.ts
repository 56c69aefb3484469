import { StartupError, type Logger } from '@ao/kernel';

/** What a process runs until it is told to stop. */
export interface Runnable {
  stop(): Promise<void>;
  logger: Logger;
}

/** After this a stop that hangs is ended: an orchestrator would kill the process anyway, without a word. */
const STOP_DEADLINE_MS = 60_000;
/** How long a start may go on after it was told to stop: to come to an end by itself. */
const START_ABORT_MS = 15_000;

/**
 * Starts a program, and stops it on SIGTERM or SIGINT with exit code 0. A start that fails says so in one line and
 * exits with 1.
 */
export async function runProcess(start: () => Promise<Runnable>): Promise<void> {
  const stopping = new AbortController();
  let started = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      stopping.abort(signal);
      // A start that hangs is not waited for: what it began ends with this process or is taken over by the next.
      if (!started) setTimeout(() => process.exit(1), START_ABORT_MS).unref();
    });
  }
  let running: Runnable;
  try {
    running = await start();
    started = true;
  } catch (error) {
    reportFailure(error);
    process.exit(1);
  }
  if (!stopping.signal.aborted)
    await new Promise((resolve) => stopping.signal.addEventListener('abort', resolve, { once: true }));
  running.logger.info({ signal: String(stopping.signal.reason) }, 'stopping');
  const overdue = setTimeout(() => {
    running.logger.error({ deadlineMs: STOP_DEADLINE_MS }, 'the stop took too long and was ended');
    process.exit(1);
  }, STOP_DEADLINE_MS);
  overdue.unref();
  await running.stop();
  process.exit(0);
}

function reportFailure(error: unknown): void {
  const line =
    error instanceof StartupError
      ? error.message
      : `unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  process.stderr.write(`ai-orchestrator: cannot start: ${line}\n`);
}
