import type { Actor, CostDetail, getRequestV1, RequestLogRow, ResponseOf } from '@ao/contracts';
import { AppError, picoUsd } from '@ao/kernel';
import { explainCost } from '@ao/pricing';
import { rowIdOf, type Price } from '../domain/price.js';
import type { PricedUse } from './authoritative-cost.js';
import type { PriceRepository, RequestLog } from './ports.js';
import { visibleKeyOf } from './visible-key.js';

const ADJUSTMENTS_MAX = 50;

/** Finds one call, as far as the actor may see it, and shows how its cost comes about. */
export class GetRequest {
  constructor(
    private readonly log: RequestLog,
    private readonly prices: PriceRepository,
  ) {}

  /** @throws AppError `not_found`, also for a call that is another's: that it exists is nobody else's business. */
  async execute(actor: Actor, requestId: string): Promise<ResponseOf<typeof getRequestV1>> {
    const request = await this.log.find(actor.orgId, requestId, visibleKeyOf(actor) ?? undefined);
    if (!request) throw new AppError('not_found', `There is no request ${requestId}.`, { param: 'id' });
    const [costDetails, adjustments] = await Promise.all([
      this.explain(request),
      request.originalCost === undefined ? [] : this.log.adjustmentsOf(actor.orgId, request.requestId, ADJUSTMENTS_MAX),
    ]);
    return { request, costDetails, adjustments };
  }

  private async explain(request: RequestLogRow): Promise<CostDetail[]> {
    const uses: PricedUse[] = request.attempts ?? [request];
    const ids = uses.flatMap(({ priceId }) => (priceId === null ? [] : [rowIdOf(priceId)]));
    const prices = await this.prices.find([...new Set(ids)]);
    return uses.map((use) => {
      const price = use.priceId === null ? undefined : prices.get(rowIdOf(use.priceId));
      // Nothing was charged by the row: the caller's own key, or nothing consumed.
      const isCharged = !request.ownKey && use.usageSource !== 'none';
      return toDetail(use, isCharged ? price : undefined);
    });
  }
}

function toDetail({ provider, model, usage, serviceTier, cost }: PricedUse, price: Price | undefined): CostDetail {
  const explained = price && explainCost(usage, price, serviceTier);
  // A gateway's own figure may stand for want of the row: the row explains what it was charged for, or nothing.
  if (!price || explained?.cost !== cost) {
    return { provider, model, price: null, lines: [], roundingPico: picoUsd(0n), cost };
  }
  const { id, source, effectiveFromMs, free } = price;
  return { provider, model, price: { id, source, effectiveFromMs, free }, ...explained };
}
