import type { EncodedEvent } from '@ao/bus';
import type { PageOf, ProviderRepository } from '../../application/ports.js';
import type { Deployment } from '../../domain/deployment.js';
import type { Provider } from '../../domain/provider.js';
import type { Prisma } from './generated/client.js';
import { settingsOf, toDeploymentRow, toProvider, withModels } from './rows.js';
import { isUniqueViolation } from '@ao/database';
import type { RoutingStore } from './store.js';

/** After a change everything is due again, and the provider has the benefit of the doubt. */
const DUE = new Date(0);
const UNKNOWN = { healthDueAt: DUE, modelsDueAt: DUE, keyDueAt: DUE, healthy: null, healthStreak: 0 } as const;

export class PostgresProviderRepository implements ProviderRepository {
  constructor(private readonly store: RoutingStore) {}

  async insert(provider: Provider, listed: Deployment[], events: EncodedEvent[]): Promise<boolean> {
    const { id, createdAtMs } = provider;
    const data = { id, orgId: ownerOf(provider), ...settingsOf(provider), createdAt: new Date(createdAtMs) };
    try {
      await this.store.write(events, async (prisma) => {
        await prisma.provider.create({ data });
        await prisma.deployment.createMany({ data: listed.map((each) => toDeploymentRow(each, true)) });
      });
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  async find(orgId: string, providerId: string): Promise<Provider | null> {
    const row = await this.store.prisma.provider.findFirst({ where: { orgId, id: providerId }, include: withModels });
    return row && toProvider(row);
  }

  async findOfAny(providerId: string): Promise<Provider | null> {
    const row = await this.store.prisma.provider.findUnique({ where: { id: providerId }, include: withModels });
    return row && toProvider(row);
  }

  async list(orgId: string, { limit, after }: PageOf): Promise<Provider[]> {
    const where = after === undefined ? { orgId } : { orgId, id: { lt: after } };
    const query = { where, orderBy: { id: 'desc' }, take: limit, include: withModels } as const;
    return (await this.store.prisma.provider.findMany(query)).map(toProvider);
  }

  count(orgId: string): Promise<number> {
    return this.store.prisma.provider.count({ where: { orgId } });
  }

  async update(
    provider: Provider,
    listed: Deployment[],
    events: EncodedEvent[],
  ): Promise<'updated' | 'name_taken' | 'gone'> {
    const where = { id: provider.id, orgId: ownerOf(provider) };
    try {
      const updated = await this.store.write(events, async (prisma) => {
        // Locks the row, so that of two updates at once the later one decides the whole list of models.
        const { count } = await prisma.provider.updateMany({ where, data: settingsOf(provider) });
        if (count === 0) return false;
        await replaceListed(prisma, provider, listed);
        await prisma.providerWatch.updateMany({ where: { providerId: provider.id }, data: UNKNOWN });
        return true;
      });
      return updated ? 'updated' : 'gone';
    } catch (error) {
      if (isUniqueViolation(error)) return 'name_taken';
      throw error;
    }
  }

  delete(orgId: string, providerId: string, events: EncodedEvent[]): Promise<boolean> {
    return this.store.write(events, async (prisma) => {
      const { count } = await prisma.provider.deleteMany({ where: { orgId, id: providerId } });
      if (count === 0) return false;
      await prisma.providerWatch.deleteMany({ where: { providerId } });
      return true;
    });
  }
}

async function replaceListed(
  prisma: Prisma.TransactionClient,
  { id: providerId, region, tags }: Provider,
  listed: Deployment[],
): Promise<void> {
  const models = listed.map(({ model }) => model);
  await prisma.deployment.deleteMany({ where: { providerId, listed: true, model: { notIn: models } } });
  await prisma.deployment.updateMany({ where: { providerId, listed: true }, data: { region, tags } });
  const data = listed.map((each) => toDeploymentRow(each, true));
  await prisma.deployment.createMany({ data, skipDuplicates: true });
}

function ownerOf({ id, orgId }: Provider): string {
  if (orgId === null) throw new TypeError(`provider ${id} is not an organisation's own`);
  return orgId;
}
