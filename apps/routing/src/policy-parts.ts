import type { Bus } from '@ao/bus';
import type { Clock, IdGenerator, Logger } from '@ao/kernel';
import { PeriodicJob, type BackgroundJob } from '@ao/runtime';
import { WarehouseFigures } from './adapters/bus/warehouse.figures.js';
import { PostgresExperimentRepository } from './adapters/postgres/experiment.repository.js';
import { PostgresRuleRepository } from './adapters/postgres/rule.repository.js';
import { PostgresSettingsRepository } from './adapters/postgres/settings.repository.js';
import type { RoutingStore } from './adapters/postgres/store.js';
import { PostgresTargetRepository } from './adapters/postgres/target.repository.js';
import { CreateExperiment } from './application/experiments/create-experiment.js';
import { DeleteExperiment } from './application/experiments/delete-experiment.js';
import { FindExperiments } from './application/experiments/find-experiments.js';
import { PromoteExperiment } from './application/experiments/promote-experiment.js';
import { PromoteWinners } from './application/experiments/promote-winners.js';
import { ReadResults } from './application/experiments/read-results.js';
import { StepExperiment } from './application/experiments/step-experiment.js';
import { UpdateExperiment } from './application/experiments/update-experiment.js';
import type { CatalogueSource, RoutingTable } from './application/ports.js';
import { CreateRule } from './application/rules/create-rule.js';
import { DeleteRule } from './application/rules/delete-rule.js';
import { FindRules } from './application/rules/find-rules.js';
import { RoutingTargets } from './application/rules/routing-targets.js';
import { UpdateRule } from './application/rules/update-rule.js';
import { ReadRouterSettings } from './application/settings/read-router-settings.js';
import { SetRouterSettings } from './application/settings/set-router-settings.js';
import type { RoutingConfig } from './config.js';

interface Parts {
  config: RoutingConfig;
  store: RoutingStore;
  catalogue: CatalogueSource;
  table: RoutingTable;
  bus: Bus;
  clock: Clock;
  ids: IdGenerator;
  logger: Logger;
}

/** A replica looks so many times an interval for experiments that are due. */
const TICKS_PER_INTERVAL = 10;
const TICK_MS_MIN = 50;

/** What organisations say of where their calls go: rules, router settings, experiments. */
export function policyParts(parts: Parts): { useCases: object[]; jobs: BackgroundJob[] } {
  const { config, store, catalogue, table, bus, clock, ids, logger } = parts;
  const targets = new RoutingTargets(new PostgresTargetRepository(store), catalogue);
  const rules = new PostgresRuleRepository(store);
  const findRules = new FindRules(rules);
  const settings = new PostgresSettingsRepository(store);
  const experiments = new PostgresExperimentRepository(store);
  const findExperiments = new FindExperiments(experiments);
  const results = new ReadResults(findExperiments, new WarehouseFigures(bus, clock));
  const promotion = new PromoteExperiment(experiments, table, clock, ids);
  const everyMs = config.EXPERIMENT_CHECK_INTERVAL_MS;
  const winners = new PromoteWinners(experiments, results, promotion, everyMs, clock, logger);
  const job = new PeriodicJob({
    name: 'winners of experiments',
    everyMs: Math.max(TICK_MS_MIN, everyMs / TICKS_PER_INTERVAL),
    run: (signal) => winners.execute(signal),
    logger,
  });
  return {
    useCases: [
      findRules,
      new CreateRule(rules, targets, table, config.RULES_PER_ORGANISATION_MAX, clock, ids),
      new UpdateRule(findRules, rules, targets, table, clock, ids),
      new DeleteRule(rules, table, clock, ids),
      new ReadRouterSettings(settings, catalogue),
      new SetRouterSettings(settings, targets, catalogue, table, clock, ids),
      findExperiments,
      results,
      new CreateExperiment(experiments, targets, config.EXPERIMENTS_PER_ORGANISATION_MAX, clock, ids),
      new UpdateExperiment(findExperiments, experiments, targets, table, clock, ids),
      new DeleteExperiment(findExperiments, experiments, clock, ids),
      new StepExperiment(findExperiments, experiments, targets, results, promotion, table, clock, ids),
    ],
    jobs: everyMs > 0 ? [job] : [],
  };
}
