import { watchModelConfig, type ConfigPrice, type ModelConfigWatch } from '@ao/config';
import type { Logger } from '@ao/kernel';
import { readLiteLlmPrice, unpricedLiteLlmFields } from '@ao/pricing';
import type { ConfiguredPrices } from '../../application/ports.js';
import type { ConfiguredPrice } from '../../domain/plan-price-sync.js';

/** The prices in the file that AO_CONFIG names; none when it names none. */
export class AoConfigPrices implements ConfiguredPrices {
  private watch: ModelConfigWatch | undefined;

  constructor(
    private readonly path: string | undefined,
    private readonly environment: NodeJS.ProcessEnv,
    private readonly logger: Logger,
  ) {}

  start(onChange: () => void): void {
    if (this.path === undefined) return;
    this.watch = watchModelConfig(this.path, onChange, { environment: this.environment, logger: quiet(this.logger) });
  }

  stop(): void {
    this.watch?.stop();
  }

  current(): ConfiguredPrice[] {
    return toConfiguredPrices(this.watch?.current.prices ?? [], this.logger);
  }
}

/**
 * Prices of deployments as prices of models: calls are priced by provider and model, so of two deployments of one model
 * the first one's price counts. What cannot be used is logged.
 */
export function toConfiguredPrices(configured: readonly ConfigPrice[], logger: Logger): ConfiguredPrice[] {
  const prices = new Map<string, ConfiguredPrice>();
  for (const { vendor, model, info } of configured) {
    const warn = (fact: string, details: object = {}): void =>
      logger.warn({ provider: vendor, model, ...details }, `AO_CONFIG: ${fact}`);
    const unpriced = unpricedLiteLlmFields(info);
    if (unpriced.length > 0) warn('these prices are not supported and not charged', { fields: unpriced });
    const { row: price, reason } = readLiteLlmPrice(model, { ...info, litellm_provider: vendor }, ORIGIN);
    if (!price) warn(`no usable price (${reason}); the catalogue or a price set by API must price this model`);
    else if (prices.has(`${vendor}/${model}`)) warn('this model has a price already; the first one counts');
    else prices.set(`${vendor}/${model}`, withoutOrigin(price));
  }
  return [...prices.values()];
}

/** The table gives ids and dates: the file knows neither. */
const ORIGIN = { id: 'config', effectiveFromMs: 0, source: 'config: AO_CONFIG' };
const withoutOrigin = ({
  id: _id,
  effectiveFromMs: _from,
  ...price
}: ConfiguredPrice & typeof ORIGIN): ConfiguredPrice => price;

/** Routing reads the same file and tells of everything but prices; saying it twice would only confuse. */
const quiet = (logger: Logger): Logger => ({
  debug: (fields, message) => logger.debug(fields, message),
  info: (fields, message) => logger.debug(fields, message),
  warn: (fields, message) => logger.debug(fields, message),
  error: (fields, message) => logger.error(fields, message),
});
