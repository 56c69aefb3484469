import type { acquireLeasesV1, RequestOf } from '@ao/contracts';
import { sleep, type Clock } from '@ao/kernel';
import type { AcquisitionAnswer } from './ports.js';
import type { RecallLeases } from './recall-leases.js';

type Request = RequestOf<typeof acquireLeasesV1>;

/** Well within the deadline of who asks. */
const RECALL_TIME_MS = 900;
/** One for each payer that might lack money, within reason. */
const RECALLS_MAX = 6;
const ARRIVAL_PAUSE_MS = 50;
const WAITS_MAX = 2;

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
    let waits = 0;
    for (let recalls = 0; recalls < RECALLS_MAX; recalls += 1) {
      if (answer.kind === 'granted' || answer.reason !== 'exhausted') return answer;
      if (!request.mayRecall || this.clock.monotonicMs() >= endMs) return answer;
      const { returned, mayHaveChanged, mayArrive } = await this.recallLeases.execute(answer.walletId);
      if (!mayHaveChanged) return answer;
      answer = await this.acquire(request);
      if (returned > 0n) continue;
      // Nobody had anything idle: what they hold is promised to calls under way, or still on its way to them.
      if (!mayArrive || waits === WAITS_MAX) return answer;
      waits += 1;
      await sleep(ARRIVAL_PAUSE_MS);
    }
    return answer;
  }
}
