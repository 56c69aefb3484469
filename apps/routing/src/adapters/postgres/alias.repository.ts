import type { EncodedEvent } from '@ao/bus';
import type { AliasRepository } from '../../application/ports.js';
import type { Alias } from '../../domain/deployment.js';
import { toAlias } from './rows.js';
import type { RoutingStore } from './store.js';

export class PostgresAliasRepository implements AliasRepository {
  constructor(private readonly store: RoutingStore) {}

  async set({ orgId, alias, ...target }: Alias & { orgId: string }, events: EncodedEvent[]): Promise<void> {
    const where = { orgId_alias: { orgId, alias } };
    await this.store.write(events, (prisma) =>
      prisma.modelAlias.upsert({ where, create: { orgId, alias, ...target }, update: target }),
    );
  }

  async list(orgId: string): Promise<Alias[]> {
    const rows = await this.store.prisma.modelAlias.findMany({ where: { orgId }, orderBy: { alias: 'asc' } });
    return rows.map(toAlias);
  }

  delete(orgId: string, alias: string, events: EncodedEvent[]): Promise<boolean> {
    return this.store.write(events, async (prisma) => {
      const { count } = await prisma.modelAlias.deleteMany({ where: { orgId, alias } });
      return count === 1;
    });
  }
}
