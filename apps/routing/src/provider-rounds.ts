import type { Clock, Logger } from '@ao/kernel';
import { PeriodicJob, type BackgroundJob } from '@ao/runtime';
import { ProviderRound } from './adapters/jobs/provider-round.job.js';
import { CheckHealth } from './application/check-health.js';
import type { FindProvider } from './application/find-provider.js';
import type { CatalogueSource, FindingRepository, Round, RoutingTable } from './application/ports.js';
import type { ProbeProvider } from './application/probe-provider.js';
import type { ProviderEvents } from './application/provider-events.js';
import type { RotateKey } from './application/rotate-key.js';
import type { SyncModels } from './application/sync-models.js';
import type { RoutingConfig } from './config.js';
import type { Provider } from './domain/provider.js';

interface Parts {
  config: RoutingConfig;
  catalogue: CatalogueSource;
  finder: FindProvider;
  findings: FindingRepository;
  probe: ProbeProvider;
  events: ProviderEvents;
  table: RoutingTable;
  syncModels: SyncModels;
  rotateKey: RotateKey;
  clock: Clock;
  logger: Logger;
}

/** A replica looks thirty times an interval for what is due, within these bounds. */
const TICKS_PER_INTERVAL = 30;
const TICK_MS_MIN = 50;
const TICK_MS_MAX = 5_000;
/** A result that contradicts what is known is confirmed after this share of the interval. */
const CONFIRM_SHARE = 0.05;
const FORGET_EVERY_MS = 3_600_000;
const FORGET_AFTER_MS = 7 * 24 * 3_600_000;

/** What is done to every provider now and then; replicas share the work provider by provider. */
export function providerRounds(parts: Parts): BackgroundJob[] {
  const { config, findings, catalogue, syncModels, rotateKey, clock, logger } = parts;
  const checkHealth = new CheckHealth({
    ...parts,
    policy: {
      failuresToFail: config.PROVIDER_FAILURES_TO_UNHEALTHY,
      successesToRecover: config.PROVIDER_SUCCESSES_TO_HEALTHY,
    },
    timeoutMs: config.PROVIDER_HEALTH_TIMEOUT_MS,
    confirmMs: config.PROVIDER_HEALTH_INTERVAL_MS * CONFIRM_SHARE,
  });
  const rounds: [Round, number, (provider: Provider, signal: AbortSignal) => Promise<unknown>][] = [
    ['health', config.PROVIDER_HEALTH_INTERVAL_MS, (provider, signal) => checkHealth.execute(provider, signal)],
    ['models', config.PROVIDER_MODELS_INTERVAL_MS, (provider, signal) => syncModels.execute(provider, signal)],
    [
      'key',
      config.PROVIDER_KEY_INTERVAL_MS,
      async (provider) => void (provider.key.reference !== null && (await rotateKey.execute(provider))),
    ],
  ];
  const catalogueIds = (): string[] => catalogue.current.providers.map(({ id }) => id);
  const forgetting = new PeriodicJob({
    name: 'forgotten providers',
    everyMs: FORGET_EVERY_MS,
    run: () => findings.forget(catalogueIds(), clock.nowMs() - FORGET_AFTER_MS),
    logger,
  });
  const active = rounds.filter(([, everyMs]) => everyMs > 0);
  const jobs = active.map(
    ([round, everyMs, work]) =>
      new ProviderRound({
        name: `${round} of providers`,
        tickMs: Math.min(TICK_MS_MAX, Math.max(TICK_MS_MIN, everyMs / TICKS_PER_INTERVAL)),
        atOnceMax: config.PROVIDER_CHECKS_MAX,
        claim: (limit) => findings.claim({ round, nowMs: clock.nowMs(), everyMs, limit, catalogueIds: catalogueIds() }),
        finder: parts.finder,
        work,
        logger,
      }),
  );
  return [...jobs, forgetting];
}
