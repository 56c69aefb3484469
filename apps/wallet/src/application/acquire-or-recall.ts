import type { acquireLeasesV1, RequestOf } from '@ao/contracts';
import type { Clock } from '@ao/kernel';
import type { AcquisitionAnswer } from './ports.js';
import type { RecallLeases } from './recall-leases.js';

type Request = RequestOf<typeof acquireLeasesV1>;

/** Well within the deadline of who asks. */
const RECALL_TIME_MS = 900;
/** Several for each payer that lacks money: what a recall brings, another call may take first. Time is the closer bound. */
const RECALLS_MAX = 32;
const ARRIVAL_PAUSE_MS = 50;
const WAITS_MAX = 2;

/** Holds money for a gateway; refuses only after the money that lies idle elsewhere was asked for. */
export class AcquireOrRecall {
  constructor(
    private readonly acquire: (request: Request) => Promise<AcquisitionAnswer>,
    private readonly recallLeases: RecallLeases,
    private readonly clock: Clock,
    private readonly pause: (durationMs: number) => Promise<void>,
  ) {}

  /** @throws AppError as the acquisition does. */
  async execute(request: Request): Promise<AcquisitionAnswer> {
    const endMs = this.clock.monotonicMs() + RECALL_TIME_MS;
    let answer = await this.acquire(request);
    let waits = 0;
    for (let recalls = 0; recalls < RECALLS_MAX; recalls += 1) {
      if (answer.kind === 'granted' || answer.reason !== 'exhausted') return answer;
      if (!request.mayRecall || this.clock.monotonicMs() >= endMs) return answer;
      const { walletId } = answer;
      const { returned, mayArrive } = await this.recallLeases.execute(walletId);
      // Even after nothing: somebody may have given something back by himself since the refusal.
      answer = await this.acquire(request);
      if (returned > 0n || answer.kind === 'granted' || answer.walletId !== walletId) continue;
      // Nobody had anything idle of this wallet: what they hold is promised to calls, or still on its way to them.
      if (!mayArrive || waits === WAITS_MAX) return answer;
      waits += 1;
      await this.pause(ARRIVAL_PAUSE_MS);
    }
    return answer;
  }
}
