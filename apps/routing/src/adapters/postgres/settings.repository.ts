import type { EncodedEvent } from '@ao/bus';
import { routerSettings, type RouterSettings } from '@ao/contracts';
import type { SettingsRepository } from '../../application/settings/ports.js';
import type { RoutingStore } from './store.js';

export class PostgresSettingsRepository implements SettingsRepository {
  constructor(private readonly store: RoutingStore) {}

  async find(orgId: string): Promise<RouterSettings> {
    const row = await this.store.prisma.routerSettings.findUnique({ where: { orgId } });
    return row === null ? {} : routerSettings.parse(row.settings);
  }

  async change(
    orgId: string,
    decide: (before: RouterSettings) => { after: RouterSettings; events: EncodedEvent[] },
  ): Promise<RouterSettings> {
    const { settings } = await this.store.record(async (prisma) => {
      await prisma.routerSettings.createMany({ data: [{ orgId, settings: {} }], skipDuplicates: true });
      await prisma.$queryRaw`SELECT 1 FROM router_settings WHERE org_id = ${orgId} FOR UPDATE`;
      const before = await prisma.routerSettings.findUniqueOrThrow({ where: { orgId } });
      const { after, events } = decide(routerSettings.parse(before.settings));
      await prisma.routerSettings.update({ where: { orgId }, data: { settings: after } });
      return { events, tableChanged: true, settings: after };
    });
    return settings;
  }
}
