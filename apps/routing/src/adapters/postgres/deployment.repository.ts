import type { EncodedEvent } from '@ao/bus';
import type { DeploymentRepository, PageOf } from '../../application/ports.js';
import type { Deployment } from '../../domain/deployment.js';
import { toDeployment, toDeploymentRow } from './rows.js';
import { isForeignKeyViolation } from '@ao/database';
import type { RoutingStore } from './store.js';

export class PostgresDeploymentRepository implements DeploymentRepository {
  constructor(private readonly store: RoutingStore) {}

  async insert(deployment: Deployment, events: EncodedEvent[]): Promise<boolean> {
    const data = toDeploymentRow(deployment, false);
    try {
      await this.store.write(events, (prisma) => prisma.deployment.create({ data }));
      return true;
    } catch (error) {
      if (isForeignKeyViolation(error)) return false;
      throw error;
    }
  }

  async list(orgId: string, { limit, after }: PageOf, modelGroup: string | undefined): Promise<Deployment[]> {
    const where = {
      orgId,
      ...(after === undefined ? {} : { id: { lt: after } }),
      ...(modelGroup === undefined ? {} : { modelGroup }),
    };
    const rows = await this.store.prisma.deployment.findMany({ where, orderBy: { id: 'desc' }, take: limit });
    return rows.map(toDeployment);
  }

  count(orgId: string): Promise<number> {
    return this.store.prisma.deployment.count({ where: { orgId } });
  }

  async modelsOf(orgId: string, providerId: string): Promise<string[]> {
    const query = { where: { orgId, providerId }, select: { model: true }, distinct: ['model' as const] };
    return (await this.store.prisma.deployment.findMany(query)).map(({ model }) => model);
  }

  delete(orgId: string, deploymentId: string, events: EncodedEvent[]): Promise<boolean> {
    return this.store.write(events, async (prisma) => {
      const { count } = await prisma.deployment.deleteMany({ where: { orgId, id: deploymentId } });
      return count === 1;
    });
  }
}
