import { sleep, withDeadline, type Logger } from '@ao/kernel';
import type { ConsumerMessages } from '@nats-io/jetstream';
import type { Subscription } from '../bus.js';
import type { Parcel } from '../events/event-delivery.js';
import { backoffMs } from './backoff.js';
import { ownerOfEvent, type EventStreams } from './event-streams.js';
import { unpackEvent } from './event-wire.js';
import type { NatsLink } from './nats-link.js';

const PULL_EXPIRES_MS = 5_000;
const FETCHED_AHEAD_MAX = 256;
const STOP_DEADLINE_MS = 5_000;

/**
 * Every event of a subject from now on, for this process alone. It reads the stream from a remembered place rather than
 * listening live, so that what was published while the link was down is not missed.
 */
export class BroadcastSubscription implements Subscription {
  private readonly stopping = new AbortController();
  private readonly owner: string;
  private nextSequence = 1;
  private messages: ConsumerMessages | null = null;
  private handling: Promise<void> = Promise.resolve();

  constructor(
    private readonly link: NatsLink,
    private readonly streams: EventStreams,
    private readonly subject: string,
    private readonly deliver: (parcels: Parcel[]) => Promise<void>,
    private readonly logger: Logger,
  ) {
    this.owner = ownerOfEvent(subject);
  }

  /** @throws Error when the stream cannot be asked where it ends now */
  async start(): Promise<this> {
    this.nextSequence = (await this.readStreamEnd()) + 1;
    void this.followForever();
    return this;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.messages?.stop();
    const goesOn = (): Error => new Error('the handler goes on');
    await withDeadline(this.handling, STOP_DEADLINE_MS, goesOn).catch((error: unknown) =>
      this.logger.warn({ err: error, subject: this.subject }, 'a subscription stopped before its handler ended'),
    );
  }

  private async readStreamEnd(): Promise<number> {
    const stream = await this.streams.ensure(this.owner);
    const { state } = await this.link.manager.streams.info(stream);
    return state.last_seq;
  }

  private async followForever(): Promise<void> {
    for (let failures = 0; !this.stopping.signal.aborted;) {
      try {
        await this.follow(() => (failures = 0));
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        this.logger.warn({ err: error, subject: this.subject }, 'a broadcast was interrupted; following it again');
        this.streams.forget(this.owner);
      }
      failures += 1;
      await sleep(backoffMs(failures), this.stopping.signal);
    }
  }

  private async follow(onMessage: () => void): Promise<void> {
    // A stream that was lost and made anew counts from one again.
    if ((await this.readStreamEnd()) + 1 < this.nextSequence) this.nextSequence = 1;
    const consumer = await this.link.js.consumers.get(`evt_${this.owner}`, {
      filter_subjects: this.subject,
      opt_start_seq: this.nextSequence,
    });
    this.messages = await consumer.consume({
      max_messages: FETCHED_AHEAD_MAX,
      expires: PULL_EXPIRES_MS,
      abort_on_missing_resource: true,
    });
    if (this.stopping.signal.aborted) this.messages.stop();
    for await (const message of this.messages) {
      onMessage();
      this.nextSequence = message.seq + 1;
      const open = () => unpackEvent(message.subject, message.string());
      this.handling = this.deliver([{ label: `#${message.seq}`, open, ...nothingToTell }]);
      await this.handling;
    }
    if (this.link.isUp) await consumer.delete().catch(() => undefined);
  }
}

/** An ordered consumer has no acknowledgements. */
const nothingToTell = { handled() {}, retry() {}, setAside() {} };
