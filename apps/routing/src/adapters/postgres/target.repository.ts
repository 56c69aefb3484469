import type { TargetRepository } from '../../application/rules/ports.js';
import type { RoutingStore } from './store.js';

export class PostgresTargetRepository implements TargetRepository {
  constructor(private readonly store: RoutingStore) {}

  async modelsAmong(orgId: string, names: string[]): Promise<string[]> {
    const groups = await this.store.prisma.deployment.findMany({
      where: { orgId, modelGroup: { in: names } },
      select: { modelGroup: true },
      distinct: ['modelGroup'],
    });
    const aliases = await this.store.prisma.modelAlias.findMany({ where: { orgId, alias: { in: names } } });
    return [...groups.map(({ modelGroup }) => modelGroup), ...aliases.map(({ alias }) => alias)];
  }

  async hasProvider(orgId: string, nameOrId: string): Promise<boolean> {
    const where = { orgId, OR: [{ id: nameOrId }, { name: nameOrId }] };
    return (await this.store.prisma.provider.count({ where })) > 0;
  }

  async deploymentsAmong(orgId: string, ids: string[]): Promise<string[]> {
    const rows = await this.store.prisma.deployment.findMany({
      where: { orgId, id: { in: ids } },
      select: { id: true },
    });
    return rows.map(({ id }) => id);
  }
}
