import type { Logger } from '@ao/kernel';
import { lineIdOf, type BatchLine, type BatchRun, type LineEnd } from '../../domain/batch.js';
import { delayAfter, ended } from '../../domain/judge-answer.js';
import type { SecretSeal } from '../files/file-contents.js';
import type { Charges, LineCall, LineCalls } from './ports.js';

export interface RunLineOptions {
  calls: LineCalls;
  charges: Charges;
  seal: Pick<SecretSeal, 'open'>;
  /** After this long a gateway that died has told what its calls cost. */
  settleMs: number;
  logger: Logger;
}

/**
 * Makes the call of one line. Each line has one idempotency key for ever, so the gateway makes its call once as long as it
 * remembers. Where it may have forgotten (it keeps its memory in Redis, or nowhere), the log of requests tells whether the
 * line was charged, and then it is not called again: its answer is lost, its money is spent once.
 */
export class RunLine {
  constructor(private readonly options: RunLineOptions) {}

  /** @throws the signal's reason once it aborts: the line is then unsure. */
  async execute(run: BatchRun, line: BatchLine, apiKey: string | null, signal: AbortSignal): Promise<LineEnd> {
    const { calls, seal } = this.options;
    const { batchId, endpoint } = run;
    const body = seal.open(line.sealedBody, `${batchId}:${line.position}`);
    const call = { lineId: lineIdOf(batchId, line.position), batchId, endpoint, body, apiKey };
    const known = line.unsure ? await this.recall(run, call, signal) : null;
    if (known) return known;
    const result = await calls.send(call, signal);
    if (result.kind === 'unreached') return this.later();
    const { answer, requestId } = result;
    const delayMs = delayAfter(answer, line.attempts);
    if (delayMs !== null) return { kind: 'again', delayMs, unsure: false };
    return ended({ kind: 'answered', status: answer.status, requestId, body: result.body });
  }

  /** How a line ends of which nobody knows whether it was called; null: it is safe to call. */
  private async recall(run: BatchRun, call: LineCall, signal: AbortSignal): Promise<LineEnd | null> {
    try {
      if (!(await this.options.charges.wasCharged(run, call.lineId))) return null;
    } catch (error) {
      this.options.logger.warn({ err: error, lineId: call.lineId }, 'whether a line was charged cannot be seen now');
      return this.later();
    }
    const remembered = await this.options.calls.isRemembered(call, signal);
    if (remembered === 'unknown') return this.later();
    return remembered ? null : ended(LOST);
  }

  private later(): LineEnd {
    return { kind: 'again', delayMs: this.options.settleMs, unsure: true };
  }
}

const LOST = {
  kind: 'unanswered',
  code: 'answer_lost',
  message:
    'The call was made and charged, but a crash lost its answer. It was not made again, for that would be paid twice.',
} as const;
