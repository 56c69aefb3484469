import type {
  CallOf,
  EventContract,
  PayloadOf,
  RequestOf,
  ResponseOf,
  RpcContract,
  SnapshotContract,
  ValueOf,
} from '@ao/contracts';
import type { Logger } from '@ao/kernel';
import type {
  Bus,
  Delivery,
  EncodedEvent,
  EventEnvelope,
  EventHandler,
  RequestOptions,
  RpcHandler,
  ServerChanged,
  Subscription,
} from '../bus.js';
import { decodeMessage, decodeReply, encodeMessage } from '../codec.js';
import { EventDelivery } from '../events/event-delivery.js';
import { BroadcastSubscription } from './broadcast-subscription.js';
import { DurableSubscription } from './durable-subscription.js';
import { EventPublisher } from './event-publisher.js';
import { EventStreams } from './event-streams.js';
import { messageError, NatsLink, type NatsLinkOptions } from './nats-link.js';
import { NatsResponder, sendRequest } from './nats-requests.js';
import { NatsSnapshots } from './nats-snapshots.js';
import { SnapshotWatch } from './snapshot-watch.js';

const STREAM_BYTES_MAX_DEFAULT = 1_073_741_824;

export interface NatsBusOptions extends NatsLinkOptions {
  /** Copies of streams and buckets in a NATS cluster: 1 (default), 3 or 5. */
  streamReplicas?: number;
  /** What one owner's events may take on disk (default 1 GiB); the oldest go first. JetStream reserves it. */
  streamBytesMax?: number;
}

/**
 * Connects to NATS with JetStream (2.9 or newer) and keeps the connection for ever.
 *
 * @throws StartupError when NATS is not there, refuses the login or has no JetStream; it names NATS_URL, never a password
 */
export async function connectNatsBus(options: NatsBusOptions): Promise<NatsBus> {
  return new NatsBus(await NatsLink.connect(options), options);
}

/** The bus of a cluster: requests over core NATS, events in JetStream, snapshots in its KV buckets. */
export class NatsBus implements Bus {
  readonly publishWaitsForHandlers = false;
  private readonly logger: Logger;
  private readonly streams: EventStreams;
  private readonly publisher: EventPublisher;
  private readonly snapshots: NatsSnapshots;
  private readonly responding = new Set<string>();
  private readonly subscriptions = new Set<Subscription>();

  constructor(
    private readonly link: NatsLink,
    { logger, streamReplicas = 1, streamBytesMax = STREAM_BYTES_MAX_DEFAULT }: NatsBusOptions,
  ) {
    this.logger = logger;
    this.streams = new EventStreams(link, { replicas: streamReplicas, bytesMax: streamBytesMax });
    this.publisher = new EventPublisher(link, this.streams);
    this.snapshots = new NatsSnapshots(link, streamReplicas);
  }

  async request<C extends RpcContract>(
    contract: C,
    request: CallOf<C>,
    options: RequestOptions = {},
  ): Promise<ResponseOf<C>> {
    const text = encodeMessage(contract.request, request as RequestOf<C>, contract.subject);
    const deadlineMs = options.deadlineMs ?? contract.deadlineMs;
    const reply = await sendRequest(this.link, contract, text, deadlineMs, options);
    return decodeReply(contract.response, reply, contract.subject, options.onReplay) as ResponseOf<C>;
  }

  async respond<C extends RpcContract>(contract: C, handler: RpcHandler<C>): Promise<Subscription> {
    if (this.responding.has(contract.subject)) throw new Error(`${contract.subject} has a responder already`);
    this.responding.add(contract.subject);
    const responder = new NatsResponder(this.link, contract, handler, this.logger);
    const subscription = this.keep(responder, () => this.responding.delete(contract.subject));
    // After this the server knows of it: the next request of anybody finds it.
    await this.reach(contract.subject, () => this.link.connection.flush()).catch(async (error: unknown) => {
      await subscription.stop();
      throw error;
    });
    return subscription;
  }

  async publish<C extends EventContract>(
    contract: C,
    event: Omit<EventEnvelope<PayloadOf<C>>, 'subject'>,
  ): Promise<void> {
    const payload = encodeMessage(contract.payload, event.payload, contract.subject);
    await this.publishEncoded({ ...event, subject: contract.subject, payload });
  }

  publishEncoded(event: EncodedEvent): Promise<void> {
    return this.publisher.publish(event);
  }

  onServerChanged(listener: ServerChanged): () => void {
    return this.link.onServerChanged(listener);
  }

  async subscribe<C extends EventContract>(
    contract: C,
    delivery: Delivery,
    handler: EventHandler<C>,
  ): Promise<Subscription> {
    const { link, streams, logger } = this;
    const events = new EventDelivery(contract, handler, logger, delivery.kind === 'durable');
    const deliver = events.deliver.bind(events);
    const subscription: Subscription & { start(): Promise<Subscription> } =
      delivery.kind === 'durable'
        ? new DurableSubscription(link, streams, contract.subject, delivery, deliver, logger)
        : new BroadcastSubscription(link, streams, contract.subject, deliver, logger);
    return this.keep(await this.reach(contract.subject, () => subscription.start()));
  }

  async putSnapshot<C extends SnapshotContract>(contract: C, value: ValueOf<C>): Promise<void> {
    await this.snapshots.put(contract, encodeMessage(contract.value, value, contract.name));
  }

  async watchSnapshot<C extends SnapshotContract>(
    contract: C,
    onValue: (value: ValueOf<C>) => void,
  ): Promise<Subscription> {
    const onText = (text: string): void => onValue(decodeMessage(contract.value, text, contract.name) as ValueOf<C>);
    const watch = new SnapshotWatch(this.snapshots, contract, onText, this.logger);
    return this.keep(await this.reach(contract.name, () => watch.start()));
  }

  checkHealth(): Promise<void> {
    return this.link.checkHealth();
  }

  async close(): Promise<void> {
    await Promise.all([...this.subscriptions].map((subscription) => subscription.stop()));
    await this.link.close();
  }

  private async reach<T>(subject: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw messageError(this.link, error, subject, 'bus');
    }
  }

  private keep(subscription: Subscription, onStopped?: () => void): Subscription {
    const kept: Subscription = {
      stop: async () => {
        if (!this.subscriptions.delete(kept)) return;
        await subscription.stop();
        onStopped?.();
      },
    };
    this.subscriptions.add(kept);
    return kept;
  }
}
