import type { Clock, Logger } from '@ao/kernel';
import { progressAfter, type RetryPolicy, type SendOutcome } from '../domain/delivery.js';
import type { ChannelSenders, ClaimedDelivery, DeliveryQueue, Seal } from './ports.js';

export interface DeliverAlertOptions {
  queue: DeliveryQueue;
  senders: ChannelSenders;
  seal: Seal;
  policy: RetryPolicy;
  clock: Clock;
  random: () => number;
  logger: Logger;
}

const givenUp = (reason: string): SendOutcome => ({ kind: 'failed', reason, final: true });
const ourFault = (reason: string): SendOutcome => ({ kind: 'failed', reason, final: false });

/** Makes one attempt at a delivery and writes down what came of it. */
export class DeliverAlert {
  constructor(private readonly options: DeliverAlertOptions) {}

  /** @throws when the outcome cannot be stored: the delivery is then made again after its lease. */
  async execute(claimed: ClaimedDelivery): Promise<void> {
    const { queue, policy, clock, random, logger } = this.options;
    const outcome = await this.attempt(claimed);
    const progress = progressAfter(outcome, claimed.attempts, { policy, nowMs: clock.nowMs(), random: random() });
    await queue.record(claimed, progress);
    if (outcome.kind === 'delivered') return;
    const { id: deliveryId, channelId, attempts } = claimed;
    const fields = { deliveryId, channelId, orgId: claimed.orgId, attempts, reason: progress.lastError };
    if (progress.status === 'dead') logger.error(fields, 'an alert could not be delivered and was given up');
    else logger.warn(fields, 'an alert was not delivered and will be tried again');
  }

  private async attempt({ id: deliveryId, attempts, content }: ClaimedDelivery): Promise<SendOutcome> {
    // Its last attempt was taken by a process that ended before it could tell how it went.
    if (attempts > this.options.policy.attemptsMax) return givenUp('the last attempt was interrupted');
    if (!content) return ourFault('the alert cannot be read by this version');
    const { alert, channel } = content;
    if (!channel) return givenUp('the channel was deleted');
    const { senders, seal, logger } = this.options;
    try {
      const secret = seal.open(channel.sealedSecret);
      return await senders[channel.kind].send({ deliveryId, alert, url: channel.url, secret });
    } catch (error) {
      logger.error({ err: error, deliveryId }, 'an alert could not be sent');
      return ourFault('the alert could not be sent because of a fault on our side');
    }
  }
}
