import { notificationActionPerformedV1, type Actor } from '@ao/contracts';
import { AppError, type Clock, type IdGenerator } from '@ao/kernel';
import { auditEvent, requireAdmin } from '@ao/runtime';
import type { ChannelRepository } from './ports.js';

/** Deletes an alert channel; what still waits for it is given up. */
export class DeleteChannel {
  constructor(
    private readonly channels: ChannelRepository,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /** @throws AppError `permission_denied`, `not_found`. */
  async execute(actor: Actor, channelId: string): Promise<void> {
    requireAdmin(actor);
    const by = { actor, clock: this.clock, ids: this.ids };
    const action = { action: 'channel.delete', targetId: channelId };
    const event = auditEvent(notificationActionPerformedV1, by, action);
    if (await this.channels.delete(actor.orgId, channelId, [event])) return;
    throw new AppError('not_found', `There is no channel ${channelId}.`, { param: 'id' });
  }
}
