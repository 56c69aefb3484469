import type { EncodedEvent } from '@ao/bus';
import type { ChannelRepository, PageOf } from '../../application/ports.js';
import type { Channel } from '../../domain/channel.js';
import type { ChannelModel } from './generated/models.js';
import { decodeKind } from './rows.js';
import type { NotificationStore } from './store.js';

export class PostgresChannelRepository implements ChannelRepository {
  constructor(private readonly store: NotificationStore) {}

  async insert(channel: Channel, events: EncodedEvent[]): Promise<void> {
    await this.store.write(events, async (prisma) => {
      await prisma.channel.create({ data: toRow(channel) });
      return true;
    });
  }

  async list(orgId: string, { limit, after }: PageOf): Promise<Channel[]> {
    const where = after === undefined ? { orgId } : { orgId, id: { lt: after } };
    const rows = await this.store.prisma.channel.findMany({ where, orderBy: { id: 'desc' }, take: limit });
    return rows.map(toChannel);
  }

  count(orgId: string): Promise<number> {
    return this.store.prisma.channel.count({ where: { orgId } });
  }

  delete(orgId: string, channelId: string, events: EncodedEvent[]): Promise<boolean> {
    return this.store.write(events, async (prisma) => {
      // The channel first: it waits for alerts that are being planned for it, whose deliveries are then seen below.
      const { count } = await prisma.channel.deleteMany({ where: { orgId, id: channelId } });
      const data = { status: 'dead', lastError: 'the channel was deleted' };
      if (count === 1) await prisma.delivery.updateMany({ where: { orgId, channelId, status: 'pending' }, data });
      return count === 1;
    });
  }
}

function toRow({ alertTypes, createdAtMs, ...channel }: Channel): ChannelModel {
  return {
    ...channel,
    alertTypes: alertTypes ?? [],
    allAlertTypes: alertTypes === null,
    createdAt: new Date(createdAtMs),
  };
}

function toChannel({ alertTypes, allAlertTypes, createdAt, kind, ...row }: ChannelModel): Channel {
  return {
    ...row,
    kind: decodeKind(kind),
    alertTypes: allAlertTypes ? null : alertTypes,
    createdAtMs: createdAt.getTime(),
  };
}
