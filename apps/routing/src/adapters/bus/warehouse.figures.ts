import type { Bus } from '@ao/bus';
import { queryExperimentV1, type VariantFigures } from '@ao/contracts';
import type { Clock } from '@ao/kernel';
import type { ExperimentFigures } from '../../application/experiments/ports.js';
import type { Experiment } from '../../application/experiments/experiment.js';

/** Calls begin a little before the experiment, by the clock of another machine. */
const CLOCK_SKEW_MS = 60_000;
/** A call that began before the experiment ended may end, and be counted, long after it. */
const LAST_CALLS_MS = 3_600_000;

/** Asks `analytics` what the calls of an experiment came to. */
export class WarehouseFigures implements ExperimentFigures {
  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
  ) {}

  async of({ id, orgId, startedAtMs, createdAtMs, concludedAtMs }: Experiment): Promise<VariantFigures[]> {
    const fromMs = (startedAtMs ?? createdAtMs) - CLOCK_SKEW_MS;
    const toMs = (concludedAtMs ?? this.clock.nowMs()) + LAST_CALLS_MS;
    const answer = await this.bus.request(queryExperimentV1, {
      actor: { orgId, keyId: 'system', role: 'admin' },
      experimentId: id,
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
    });
    return answer.variants;
  }
}
