import { meteringActionPerformedV1, type createReratingV1, type RequestOf } from '@ao/contracts';
import { AppError, ZERO_USD, type Clock, type IdGenerator } from '@ao/kernel';
import { auditEvent, requireAdmin } from '@ao/runtime';
import type { Rerating } from '../domain/rerating.js';
import type { PriceRepository, ReratingRepository } from './ports.js';

/** Of one organisation at once: each reads the whole log of its period. */
const RUNNING_MAX = 10;

export interface CreateReratingOptions {
  reratings: ReratingRepository;
  prices: PriceRepository;
  clock: Clock;
  ids: IdGenerator;
}

/** Begins a re-rating of the actor's organisation; the job does it. */
export class CreateRerating {
  constructor(private readonly options: CreateReratingOptions) {}

  /** @throws AppError `permission_denied`, `invalid_parameter` (the period), `conflict` (too many at once). */
  async execute(request: RequestOf<typeof createReratingV1>): Promise<Rerating> {
    const { reratings, prices, clock, ids } = this.options;
    const { actor, reason, dryRun, model = null, provider = null } = request;
    requireAdmin(actor);
    const nowMs = clock.nowMs();
    const period = readPeriod(request, nowMs);
    const rerating: Rerating = {
      id: ids.next('rrt'),
      orgId: actor.orgId,
      ...period,
      model,
      provider,
      reason,
      dryRun,
      priceVersion: await prices.version(),
      ratedUntilMs: period.fromMs,
      scanned: 0,
      changed: 0,
      unpriced: 0,
      difference: ZERO_USD,
      createdAtMs: nowMs,
      finishedAtMs: null,
    };
    const metadata = { from: request.from, to: request.to, reason, dry_run: String(dryRun) };
    const action = { action: 'rerating.create', targetId: rerating.id, metadata };
    const event = auditEvent(meteringActionPerformedV1, { actor, clock, ids }, action);
    await reratings.create(rerating, RUNNING_MAX, [event]);
    return rerating;
  }
}

function readPeriod({ from, to }: { from: string; to: string }, nowMs: number): { fromMs: number; toMs: number } {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  if (fromMs >= toMs)
    throw new AppError('invalid_parameter', 'The period is empty: to must lie after from.', { param: 'to' });
  if (toMs <= nowMs) return { fromMs, toMs };
  const message = 'The period must lie in the past: calls that are still to come are priced when they come.';
  throw new AppError('invalid_parameter', message, { param: 'to' });
}
