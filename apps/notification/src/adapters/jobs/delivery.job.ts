import { sleep, type Clock, type Logger } from '@ao/kernel';
import type { BackgroundJob } from '@ao/runtime';
import type { ChannelSenders, ClaimedDelivery, DeliveryQueue } from '../../application/ports.js';
import type { DeliverAlert } from '../../application/deliver-alert.js';

export interface DeliveryJobOptions {
  queue: DeliveryQueue;
  deliverAlert: DeliverAlert;
  senders: ChannelSenders;
  inFlightMax: number;
  /** Longer than one attempt can take, so that no other replica makes it at the same time. */
  leaseMs: number;
  pollMs: number;
  clock: Clock;
  logger: Logger;
}

/**
 * Sends what is due: at once when woken, else when it looks. Any number of replicas may run one. At most one delivery
 * per channel is under way in a process, so a receiver that hangs or fails holds up nobody else's alerts.
 */
export class DeliveryJob implements BackgroundJob {
  private readonly stopping = new AbortController();
  private readonly inFlight = new Map<string, Promise<void>>();
  private pause = new AbortController();
  private woken = false;
  private loop: Promise<void> | undefined;

  constructor(private readonly options: DeliveryJobOptions) {}

  start(): void {
    this.loop ??= this.run();
  }

  /** Looks for due deliveries now. */
  wake(): void {
    this.woken = true;
    this.pause.abort();
  }

  /** Ends the attempts under way, which their own deadline bounds, and makes no more. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.pause.abort();
    await this.loop;
    await Promise.all(this.inFlight.values());
    await Promise.all(Object.values(this.options.senders).map((sender) => sender.close()));
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.woken = false;
      await this.takeDue().catch((error: unknown) =>
        this.options.logger.warn({ err: error }, 'due deliveries cannot be read, trying again'),
      );
      await this.rest();
    }
  }

  private async takeDue(): Promise<void> {
    const { queue, inFlightMax, leaseMs, clock } = this.options;
    const limit = inFlightMax - this.inFlight.size;
    if (limit === 0) return;
    const busyChannelIds = [...this.inFlight.keys()];
    for (const claimed of await queue.claim({ nowMs: clock.nowMs(), leaseMs, limit, busyChannelIds })) {
      this.inFlight.set(claimed.channelId, this.deliver(claimed));
    }
  }

  private async deliver(claimed: ClaimedDelivery): Promise<void> {
    try {
      await this.options.deliverAlert.execute(claimed);
    } catch (error) {
      const fields = { err: error, deliveryId: claimed.id };
      this.options.logger.warn(fields, 'the outcome of a delivery was not stored; it is made again after its lease');
    }
    this.inFlight.delete(claimed.channelId);
    this.wake();
  }

  private async rest(): Promise<void> {
    if (this.woken || this.stopping.signal.aborted) return;
    this.pause = new AbortController();
    await sleep(this.options.pollMs, this.pause.signal);
  }
}
