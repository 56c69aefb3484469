import { sleep, withDeadline, type Logger } from '@ao/kernel';
import { AckPolicy, DeliverPolicy, type Consumer, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { Delivery, Subscription } from '../bus.js';
import { BatchQueue } from '../events/batch-queue.js';
import type { Parcel } from '../events/event-delivery.js';
import { backoffMs } from './backoff.js';
import { ownerOfEvent, type EventStreams } from './event-streams.js';
import type { NatsLink } from './nats-link.js';
import { NatsParcel } from './nats-parcel.js';

/** A replica that dies gives its events to the others after this. */
const ACKNOWLEDGE_WAIT_MS = 15_000;
const KEEP_ALIVE_INTERVAL_MS = 5_000;
/** How long one question for messages stays open; also the longest pause after JetStream was not ready. */
const FETCH_EXPIRES_MS = 5_000;
/** Fetched ahead at least this many, so that a handler of single events does not wait for a round trip each. */
const HELD_MESSAGES_MIN = 16;
/** Handed out and not acknowledged over all replicas; those that wait for a retry count too. */
const UNACKNOWLEDGED_MESSAGES_MIN = 2_000;
const UNACKNOWLEDGED_BATCHES = 20;
const STOP_DEADLINE_MS = 5_000;

export type DurableDelivery = Extract<Delivery, { kind: 'durable' }>;

/**
 * The share of one process in a durable consumer: fetches ahead into a bounded queue, hands over batch by batch, keeps
 * what it holds alive, and starts over for ever when the server, the stream or the consumer was gone.
 */
export class DurableSubscription implements Subscription {
  private readonly queue: BatchQueue<NatsParcel>;
  private readonly held = new Set<NatsParcel>();
  private readonly heldMax: number;
  private readonly stopping = new AbortController();
  private readonly keepAlive: NodeJS.Timeout;
  private readonly owner: string;
  private consumer: Consumer | null = null;
  private messages: ConsumerMessages | null = null;
  private handling: Promise<void> = Promise.resolve();

  constructor(
    private readonly link: NatsLink,
    private readonly streams: EventStreams,
    private readonly subject: string,
    private readonly delivery: DurableDelivery,
    private readonly deliver: (parcels: Parcel[]) => Promise<void>,
    private readonly logger: Logger,
  ) {
    const { batchSizeMax = 1, batchWaitMs = 0 } = delivery;
    this.queue = new BatchQueue(batchSizeMax, batchWaitMs);
    this.heldMax = Math.max(HELD_MESSAGES_MIN, 2 * batchSizeMax);
    this.owner = ownerOfEvent(subject);
    this.keepAlive = setInterval(() => this.held.forEach((parcel) => parcel.working()), KEEP_ALIVE_INTERVAL_MS);
  }

  /** @throws Error when the durable consumer cannot be made: events would pass by unseen */
  async start(): Promise<this> {
    try {
      this.consumer = await this.ensureConsumer();
    } catch (error) {
      clearInterval(this.keepAlive);
      throw error;
    }
    this.handling = this.handleForever();
    void this.fetchForever();
    return this;
  }

  /** Gives back at once what was fetched and not begun; waits, bounded, for the batch in hand. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.messages?.stop();
    const left = this.queue.close();
    if (left.length > 0) await this.dropOpenPull();
    for (const parcel of left) parcel.giveBack();
    const goesOn = (): Error => new Error('the handler goes on');
    await withDeadline(this.handling, STOP_DEADLINE_MS, goesOn).catch((error: unknown) =>
      this.logger.warn({ err: error, subject: this.subject }, 'a subscription stopped before its handler ended'),
    );
    clearInterval(this.keepAlive);
  }

  /**
   * NATS 2.9 forgets the first message given back (until ACKNOWLEDGE_WAIT_MS) while our own, abandoned pull is the next
   * in its line. Asking about the consumer makes it drop such pulls.
   */
  private async dropOpenPull(): Promise<void> {
    if (this.link.isUp) await this.consumer?.info().catch(() => undefined);
  }

  private async handleForever(): Promise<void> {
    for (let batch = await this.queue.take(); batch.length > 0; batch = await this.queue.take()) {
      await this.deliver(batch);
    }
  }

  private async fetchForever(): Promise<void> {
    for (let failures = 0; !this.stopping.signal.aborted;) {
      try {
        await this.queue.untilAtMost(this.heldMax / 2);
        if (!this.stopping.signal.aborted) await this.fetchOnce();
        failures = 0;
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        failures += 1;
        this.logger.warn({ err: error, subject: this.subject, failures }, 'events could not be fetched; trying again');
        this.consumer = null;
        this.streams.forget(this.owner);
        await sleep(backoffMs(failures), this.stopping.signal);
      }
    }
  }

  private async fetchOnce(): Promise<void> {
    this.consumer ??= await this.ensureConsumer();
    this.messages = await this.consumer.fetch({
      max_messages: this.heldMax - this.queue.length,
      expires: FETCH_EXPIRES_MS,
    });
    if (this.stopping.signal.aborted) this.messages.stop();
    for await (const message of this.messages) this.hold(message);
  }

  private hold(message: JsMsg): void {
    const parcel = new NatsParcel(message, () => this.held.delete(parcel));
    if (this.stopping.signal.aborted) return parcel.giveBack();
    this.held.add(parcel);
    this.queue.push(parcel);
  }

  private async ensureConsumer(): Promise<Consumer> {
    const stream = await this.streams.ensure(this.owner);
    const { name, batchSizeMax = 1 } = this.delivery;
    const information = await this.link.manager.consumers.add(stream, {
      durable_name: `${name}-${this.subject}`.replaceAll(/[^A-Za-z0-9_-]/g, '_'),
      filter_subject: this.subject,
      deliver_policy: DeliverPolicy.All,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ACKNOWLEDGE_WAIT_MS),
      max_deliver: -1,
      max_ack_pending: Math.max(UNACKNOWLEDGED_MESSAGES_MIN, UNACKNOWLEDGED_BATCHES * batchSizeMax),
    });
    return this.link.js.consumers.getConsumerFromInfo(information);
  }
}
