import { notificationActionPerformedV1, type createChannelV1, type RequestOf } from '@ao/contracts';
import { AppError, type Clock, type IdGenerator } from '@ao/kernel';
import { auditEvent, requireAdmin } from '@ao/runtime';
import { newChannelSecret, type Channel } from '../domain/channel.js';
import type { ChannelRepository, ChannelSenders, Seal } from './ports.js';

export interface CreateChannelOptions {
  channels: ChannelRepository;
  senders: ChannelSenders;
  seal: Seal;
  randomBytes: (size: number) => Buffer;
  channelsMax: number;
  clock: Clock;
  ids: IdGenerator;
}

/** Makes an alert channel for the actor's organisation. */
export class CreateChannel {
  constructor(private readonly options: CreateChannelOptions) {}

  /**
   * @returns the channel, and its secret for the only time
   * @throws AppError `permission_denied`, `invalid_parameter` (a URL that may not be called), `conflict` (too many).
   */
  async execute(request: RequestOf<typeof createChannelV1>): Promise<{ channel: Channel; secret: string }> {
    const { channels, senders, seal, clock, ids, channelsMax } = this.options;
    const { actor, name, kind, url, alertTypes } = request;
    requireAdmin(actor);
    const refusal = await senders[kind].refusalOf(url);
    if (refusal !== null) throw new AppError('invalid_parameter', refusal, { param: 'url' });
    if ((await channels.count(actor.orgId)) >= channelsMax) {
      throw new AppError('conflict', `The organisation has ${channelsMax} channels, which is the limit. Delete one.`);
    }
    const secret = newChannelSecret(this.options.randomBytes);
    const channel: Channel = {
      id: ids.next('chn'),
      orgId: actor.orgId,
      name,
      kind,
      url,
      alertTypes,
      active: true,
      sealedSecret: seal.seal(secret),
      createdAtMs: clock.nowMs(),
    };
    const by = { actor, clock, ids };
    const action = { action: 'channel.create', targetId: channel.id, metadata: { name, kind } };
    await channels.insert(channel, [auditEvent(notificationActionPerformedV1, by, action)]);
    return { channel, secret };
  }
}
