import { Responds } from '@ao/bus';
import {
  alertType,
  createChannelV1,
  deleteChannelV1,
  listChannelsV1,
  listDeliveriesV1,
  type AlertChannel,
  type AlertDelivery,
  type RequestOf,
  type ResponseOf,
} from '@ao/contracts';
import { decodeCursor, requireAdmin, toPage } from '@ao/runtime';
import { Controller, Inject } from '@nestjs/common';
import { CreateChannel } from '../../application/create-channel.js';
import { DeleteChannel } from '../../application/delete-channel.js';
import {
  CHANNEL_REPOSITORY,
  DELIVERY_REPOSITORY,
  type ChannelRepository,
  type DeliveryRepository,
  type DeliveryRow,
} from '../../application/ports.js';
import type { Channel } from '../../domain/channel.js';

@Controller()
export class ChannelsRpc {
  constructor(
    private readonly createChannel: CreateChannel,
    private readonly deleteChannel: DeleteChannel,
    @Inject(CHANNEL_REPOSITORY) private readonly channels: ChannelRepository,
    @Inject(DELIVERY_REPOSITORY) private readonly deliveries: DeliveryRepository,
  ) {}

  @Responds(createChannelV1)
  async create(request: RequestOf<typeof createChannelV1>): Promise<ResponseOf<typeof createChannelV1>> {
    const { channel, secret } = await this.createChannel.execute(request);
    return { channel: toChannelMessage(channel), secret };
  }

  @Responds(listChannelsV1)
  async list({ actor, limit, cursor }: RequestOf<typeof listChannelsV1>): Promise<ResponseOf<typeof listChannelsV1>> {
    // The URL of a webhook often is a secret in itself.
    requireAdmin(actor);
    const rows = await this.channels.list(actor.orgId, { limit: limit + 1, after: decodeCursor(cursor) });
    const page = toPage(rows, limit, (channel) => channel.id);
    return { ...page, data: page.data.map(toChannelMessage) };
  }

  @Responds(deleteChannelV1)
  async delete({ actor, channelId }: RequestOf<typeof deleteChannelV1>): Promise<ResponseOf<typeof deleteChannelV1>> {
    await this.deleteChannel.execute(actor, channelId);
    return { deleted: true };
  }

  @Responds(listDeliveriesV1)
  async listDeliveries(request: RequestOf<typeof listDeliveriesV1>): Promise<ResponseOf<typeof listDeliveriesV1>> {
    const { actor, limit, cursor, status } = request;
    requireAdmin(actor);
    const rows = await this.deliveries.list(actor.orgId, { limit: limit + 1, after: decodeCursor(cursor), status });
    const page = toPage(rows, limit, (delivery) => delivery.id);
    return { ...page, data: page.data.map(toDeliveryMessage) };
  }
}

function toChannelMessage({ sealedSecret: _secret, alertTypes, createdAtMs, ...channel }: Channel): AlertChannel {
  return {
    ...channel,
    alertTypes: alertTypes && alertType.array().parse(alertTypes),
    createdAt: new Date(createdAtMs).toISOString(),
  };
}

function toDeliveryMessage(delivery: DeliveryRow): AlertDelivery {
  const { id, channelId, subject, status, attempts, lastError, createdAtMs, deliveredAtMs } = delivery;
  return {
    id,
    channelId,
    alertType: alertType.parse(delivery.alertType),
    subject,
    status,
    attempts,
    lastError,
    createdAt: new Date(createdAtMs).toISOString(),
    deliveredAt: deliveredAtMs === null ? null : new Date(deliveredAtMs).toISOString(),
  };
}
