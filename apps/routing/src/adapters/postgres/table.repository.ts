import { ownedRouterSettings, routingRule, runningExperiment } from '@ao/contracts';
import type { StoredTable, TableRepository } from '../../application/ports.js';
import { RULE_ORDER } from './rule-rows.js';
import { toAlias, toDeployment, toKeyState, toProvider, withModels } from './rows.js';
import type { RoutingStore } from './store.js';

const STATE = { id: 1 };
const ORDER = { id: 'asc' } as const;

export class PostgresTableRepository implements TableRepository {
  constructor(private readonly store: RoutingStore) {}

  /**
   * Counting the version locks the row that every writer counts the revision in. So no change can commit while the
   * tables are read, and two replicas read one after the other: of two versions the higher one is never the staler.
   */
  read(): Promise<StoredTable> {
    return this.store.prisma.$transaction(async (prisma) => {
      const state = await prisma.tableState.update({ where: STATE, data: { version: { increment: 1 } } });
      const providers = await prisma.provider.findMany({ orderBy: ORDER, include: withModels });
      const deployments = await prisma.deployment.findMany({ orderBy: ORDER });
      const aliases = await prisma.modelAlias.findMany({ orderBy: [{ orgId: 'asc' }, { alias: 'asc' }] });
      const settings = await prisma.routerSettings.findMany({ orderBy: { orgId: 'asc' } });
      const rules = await prisma.routingRule.findMany({ where: { enabled: true }, orderBy: RULE_ORDER });
      const experiments = await prisma.experiment.findMany({ where: { state: 'running' }, orderBy: ORDER });
      const watched = await prisma.providerWatch.findMany();
      return {
        version: Number(state.version),
        revision: state.revision,
        providers: providers.map(toProvider),
        deployments: deployments.map(toDeployment),
        aliases: aliases.map(toAlias),
        settings: settings.map((row) => ownedRouterSettings.parse(row)),
        rules: rules.map((row) => routingRule.parse(row)),
        experiments: experiments.map((row) => runningExperiment.parse(row)),
        findings: new Map(
          watched.map((row) => [row.providerId, { healthy: row.healthy ?? true, keyCopy: toKeyState(row).copy }]),
        ),
      };
    });
  }

  async readRevision(): Promise<bigint> {
    return (await this.store.prisma.tableState.findUniqueOrThrow({ where: STATE })).revision;
  }
}
