import { routingTableSnapshot } from '@ao/contracts';
import { OutboundGuard } from '@ao/outbound';
import type { ServiceContext, ServiceParts } from '@ao/runtime';
import { Module, type DynamicModule } from '@nestjs/common';
import { AliasesRpc } from './adapters/bus/aliases.rpc.js';
import { DeploymentsRpc } from './adapters/bus/deployments.rpc.js';
import { ExperimentsRpc } from './adapters/bus/experiments.rpc.js';
import { FindingsRpc } from './adapters/bus/findings.rpc.js';
import { ProvidersRpc } from './adapters/bus/providers.rpc.js';
import { RouterSettingsRpc } from './adapters/bus/router-settings.rpc.js';
import { RulesRpc } from './adapters/bus/rules.rpc.js';
import { ConfigCatalogue } from './adapters/config/config-catalogue.js';
import { demoCatalogue } from './adapters/config/demo-catalogue.js';
import { ReferenceSource } from './adapters/keys/reference-source.js';
import { ConnectorProbe } from './adapters/network/connector.probe.js';
import { PostgresAliasRepository } from './adapters/postgres/alias.repository.js';
import { PostgresDeploymentRepository } from './adapters/postgres/deployment.repository.js';
import { PostgresFindingRepository } from './adapters/postgres/finding.repository.js';
import { PostgresProviderRepository } from './adapters/postgres/provider.repository.js';
import { RoutingStore } from './adapters/postgres/store.js';
import { PostgresTableRepository } from './adapters/postgres/table.repository.js';
import { BaseUrlGuard } from './application/base-url-guard.js';
import { CreateDeployment } from './application/create-deployment.js';
import { CreateProvider } from './application/create-provider.js';
import { DeleteAlias } from './application/delete-alias.js';
import { DeleteDeployment } from './application/delete-deployment.js';
import { DeleteProvider } from './application/delete-provider.js';
import { FindProvider } from './application/find-provider.js';
import { FollowChanges } from './application/follow-changes.js';
import { ListProviderModels } from './application/list-provider-models.js';
import { ListRouting } from './application/list-routing.js';
import { ProbeProvider } from './application/probe-provider.js';
import { ProviderEvents } from './application/provider-events.js';
import { ProviderKeys } from './application/provider-keys.js';
import { PublishRoutingTable } from './application/publish-routing-table.js';
import { ReadHealth } from './application/read-health.js';
import { RotateKey } from './application/rotate-key.js';
import { SetAlias } from './application/set-alias.js';
import { SyncModels } from './application/sync-models.js';
import { TestProvider } from './application/test-provider.js';
import { UpdateProvider } from './application/update-provider.js';
import { loadRoutingConfig, type RoutingConfig } from './config.js';
import { policyParts } from './policy-parts.js';
import { providerRounds } from './provider-rounds.js';

@Module({})
class RoutingModule {}

/** The only wiring of the service. */
export function wireRouting(context: ServiceContext): ServiceParts {
  const { bus, clock, ids, logger, environment } = context;
  const config = loadRoutingConfig(environment);
  const limits = limitsOf(config);
  const store = new RoutingStore(context.database);
  const providers = new PostgresProviderRepository(store);
  const deployments = new PostgresDeploymentRepository(store);
  const aliases = new PostgresAliasRepository(store);
  const findings = new PostgresFindingRepository(store);
  const source = new ReferenceSource({
    environment,
    variablesAllowed: config.AO_PROVIDER_KEY_VARIABLES,
    directory: config.AO_PROVIDER_KEY_DIRECTORY,
  });
  const keys = new ProviderKeys(context.secretBox, source);
  const builtIn = demoCatalogue(config.AO_DEMO_PROVIDER_URL, clock.nowMs());
  const catalogue = new ConfigCatalogue({ path: config.AO_CONFIG, environment, builtIn, keys, clock, logger });
  const put = (table: Parameters<typeof bus.putSnapshot<typeof routingTableSnapshot>>[1]): Promise<void> =>
    bus.putSnapshot(routingTableSnapshot, table);
  const allowPrivate = config.AO_ALLOW_PRIVATE_PROVIDER_URLS;
  const table = new PublishRoutingTable(new PostgresTableRepository(store), catalogue, keys, put, logger, allowPrivate);
  const guard = new BaseUrlGuard(new OutboundGuard({ allowPrivate }));
  const finder = new FindProvider(providers, catalogue);
  const probe = new ProbeProvider(guard, keys, findings, new ConnectorProbe(clock, allowPrivate));
  const events = new ProviderEvents(clock, ids);
  const syncModels = new SyncModels(finder, probe, findings, events, clock);
  const rotateKey = new RotateKey(finder, keys, findings, events, table, logger);
  const checked = [guard, keys, table, limits, clock, ids] as const;
  const policy = policyParts({ config, store, catalogue, table, bus, clock, ids, logger });
  const module = moduleOf([
    ...policy.useCases,
    finder,
    new ListRouting(providers, deployments, aliases, catalogue),
    new CreateProvider(providers, deployments, ...checked),
    new UpdateProvider(finder, providers, deployments, ...checked),
    new DeleteProvider(finder, providers, table, clock, ids),
    new TestProvider(finder, probe),
    new ReadHealth(findings),
    new ListProviderModels(finder, deployments, catalogue, findings),
    syncModels,
    rotateKey,
    new CreateDeployment(finder, deployments, table, limits, clock, ids),
    new DeleteDeployment(deployments, catalogue, table, clock, ids),
    new SetAlias(aliases, table, limits, clock, ids),
    new DeleteAlias(aliases, catalogue, table, clock, ids),
  ]);
  return {
    module,
    jobs: [
      new FollowChanges(table, catalogue, config.ROUTING_POLL_INTERVAL_MS),
      ...policy.jobs,
      ...providerRounds({
        config,
        catalogue,
        finder,
        findings,
        probe,
        events,
        table,
        syncModels,
        rotateKey,
        clock,
        logger,
      }),
    ],
    healthChecks: {
      routing_table: async () => {
        if (!table.ready) throw new Error('the routing table was not published yet');
      },
    },
  };
}

const limitsOf = (config: RoutingConfig) => ({
  providersMax: config.PROVIDERS_PER_ORGANISATION_MAX,
  deploymentsMax: config.DEPLOYMENTS_PER_ORGANISATION_MAX,
  aliasesMax: config.ALIASES_PER_ORGANISATION_MAX,
});

/** Each use case is found by its own class. */
function moduleOf(useCases: object[]): DynamicModule {
  return {
    module: RoutingModule,
    controllers: [ProvidersRpc, FindingsRpc, DeploymentsRpc, AliasesRpc, RulesRpc, RouterSettingsRpc, ExperimentsRpc],
    providers: useCases.map((useCase) => ({ provide: useCase.constructor, useValue: useCase })) as never,
  };
}
