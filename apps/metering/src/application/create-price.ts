import { meteringActionPerformedV1, type createPriceV1, type RequestOf } from '@ao/contracts';
import { AppError, formatUsdPerMillionTokens, type Clock, type IdGenerator } from '@ao/kernel';
import { auditEvent } from '@ao/runtime';
import { faultOf, type Price, type PriceEntry } from '../domain/price.js';
import { requirePlatformAdmin } from './platform-admin.js';
import type { PriceRepository } from './ports.js';
import type { PublishPrices } from './publish-prices.js';

/** Adds a price that holds for everyone from a date on. */
export class CreatePrice {
  constructor(
    private readonly prices: PriceRepository,
    private readonly publishPrices: PublishPrices,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
    private readonly apiPricesMax: number,
  ) {}

  /** @throws AppError `permission_denied`, `invalid_parameter` (a rate or a tier), `conflict` (too many prices). */
  async execute({ actor, ...price }: RequestOf<typeof createPriceV1>): Promise<Price> {
    requirePlatformAdmin(actor);
    const fault = faultOf(price);
    if (fault) throw new AppError('invalid_parameter', fault.message, { param: fault.param });
    const effectiveFromMs = price.effectiveFromMs ?? this.clock.nowMs();
    const created: Price = { ...price, id: this.ids.next('prc'), effectiveFromMs, source: `api: ${actor.keyId}` };
    const event = auditEvent(
      meteringActionPerformedV1,
      { actor, clock: this.clock, ids: this.ids },
      { action: 'price.create', targetId: created.id, metadata: describe(created) },
    );
    await this.prices.append((existing) => {
      this.requireRoom(existing);
      return { entries: [{ ...created, origin: 'api', retired: false }], events: [event] };
    });
    await this.publishPrices.publishSoon();
    return created;
  }

  private requireRoom(existing: readonly PriceEntry[]): void {
    if (existing.filter(({ origin }) => origin === 'api').length < this.apiPricesMax) return;
    throw new AppError(
      'conflict',
      `${this.apiPricesMax} prices were set by API, which is the limit. Raise API_PRICES_MAX.`,
    );
  }
}

const describe = (price: Price): Record<string, string> => ({
  model: price.model,
  provider: price.provider ?? '*',
  effective_from: new Date(price.effectiveFromMs).toISOString(),
  input_usd: formatUsdPerMillionTokens(price.inputPico),
  output_usd: formatUsdPerMillionTokens(price.outputPico),
});
