import type { acquireLeasesV1, RequestOf } from '@ao/contracts';
import type { Clock } from '@ao/kernel';
import type { AcquisitionAnswer } from './ports.js';
import type { RecallLeases } from './recall-leases.js';

type Request = RequestOf<typeof acquireLeasesV1>;

/** Well within the deadline of who asks. */
const RECALL_TIME_MS = 900;
/** Several for each payer that lacks money: what a recall brings, another call may take first. Time is the closer bound. */
const RECALLS_MAX = 32;

/** Holds money for a gateway; refuses only after the money that lies idle elsewhere was asked for. */
export class AcquireOrRecall {
  constructor(
    private readonly acquire: (request: Request) => Promise<AcquisitionAnswer>,
    private readonly recallLeases: RecallLeases,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError as the acquisition does. */
  async execute(request: Request): Promise<AcquisitionAnswer> {
    const endMs = this.clock.monotonicMs() + RECALL_TIME_MS;
    let answer = await this.acquire(request);
    for (let recalls = 0; recalls < RECALLS_MAX; recalls += 1) {
      if (answer.kind === 'granted' || answer.reason !== 'exhausted') return answer;
      if (!request.mayRecall || this.clock.monotonicMs() >= endMs) return answer;
      const { walletId } = answer;
      const returned = await this.recallLeases.execute(walletId);
      // Even after nothing: somebody may have given something back by himself since the refusal.
      answer = await this.acquire(request);
      // Nobody had anything idle of this wallet: what they hold is promised to calls. Another one may still be short.
      if (returned === 0n && answer.kind === 'refused' && answer.walletId === walletId) return answer;
    }
    return answer;
  }
}
