import { AppError, type Clock } from '@ao/kernel';

export interface MicroBatchOptions<Request, Answer> {
  /** Answers in the order of the requests; an AppError stands for the refusal of one of them. */
  run: (requests: readonly Request[]) => Promise<(Answer | AppError)[]>;
  sizeMax: number;
  /** Batches under way at once. */
  lanesMax: number;
  waitingMax: number;
  /** Whoever waited longer has given up: working for them would only keep those who have not. */
  waitMsMax: number;
  clock: Clock;
}

interface Waiting<Request, Answer> {
  request: Request;
  sinceMs: number;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

/** Gathers requests while earlier ones are being worked on, so that a busy database sees fewer, larger transactions. */
export class MicroBatch<Request, Answer> {
  private readonly waiting: Waiting<Request, Answer>[] = [];
  private lanes = 0;

  constructor(private readonly options: MicroBatchOptions<Request, Answer>) {}

  /** @throws AppError `capacity_exceeded`, `backend_unavailable` (waited too long), or what `run` refuses with. */
  submit(request: Request): Promise<Answer> {
    const { waitingMax, lanesMax, clock } = this.options;
    if (this.waiting.length >= waitingMax) {
      throw new AppError('capacity_exceeded', 'Too many requests are waiting. Try again in a second.', {
        retryAfterSeconds: 1,
      });
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ request, sinceMs: clock.monotonicMs(), resolve, reject });
      if (this.lanes < lanesMax) void this.drain();
    });
  }

  private async drain(): Promise<void> {
    this.lanes += 1;
    // What arrived in the same turn belongs into the same batch.
    await new Promise(setImmediate);
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.options.sizeMax).filter((one) => this.isInTime(one));
      if (batch.length > 0) await this.runTogether(batch);
    }
    this.lanes -= 1;
  }

  private isInTime({ sinceMs, reject }: Waiting<Request, Answer>): boolean {
    const inTime = this.options.clock.monotonicMs() - sinceMs <= this.options.waitMsMax;
    if (!inTime) reject(new AppError('backend_unavailable', 'The ledger is busy. Try again shortly.'));
    return inTime;
  }

  private async runTogether(batch: Waiting<Request, Answer>[]): Promise<void> {
    try {
      const answers = await this.options.run(batch.map(({ request }) => request));
      batch.forEach(({ resolve, reject }, index) => {
        const answer = answers[index]!;
        if (answer instanceof AppError) reject(answer);
        else resolve(answer);
      });
    } catch (error) {
      // A fault that one request causes must not fall on those that happened to share its batch.
      if (error instanceof AppError || batch.length === 1) return batch.forEach(({ reject }) => reject(error));
      for (const one of batch) await this.runTogether([one]);
    }
  }
}
