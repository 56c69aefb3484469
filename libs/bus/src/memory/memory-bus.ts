import { AsyncLocalStorage } from 'node:async_hooks';
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
import { withDeadline, type Logger } from '@ao/kernel';
import type {
  Bus,
  Delivery,
  EncodedEvent,
  EventEnvelope,
  EventHandler,
  RequestOptions,
  RpcHandler,
  Subscription,
} from '../bus.js';
import { decodeMessage, decodeReply, encodeMessage, unavailable } from '../codec.js';
import { EventDelivery } from '../events/event-delivery.js';
import { answerRequest } from '../rpc.js';
import { EventQueue } from './event-queue.js';

type Responder = (request: string, options: RequestOptions) => Promise<string>;

/**
 * The bus of one process. Messages still pass through their contracts as text, so that a service cannot tell it from
 * NATS. Nothing outlives the process: `publish` resolves only after every durable subscriber has handled the event, so
 * that an outbox row or a spool record is kept until then.
 */
export class MemoryBus implements Bus {
  readonly publishWaitsForHandlers = true;
  private readonly responders = new Map<string, Responder>();
  private readonly queues = new Map<string, Set<EventQueue>>();
  private readonly snapshots = new Map<string, string>();
  private readonly watchers = new Map<string, Set<(text: string) => void>>();
  private closed = false;
  private hasEnded = false;
  /** What publishers wait for; null once events are delivered. */
  private beginning: Promise<void> | null = null;
  private begin: () => void = () => undefined;
  /** Runs a handler as if its message had come from another process: what its sender runs under does not follow. */
  private readonly apart = AsyncLocalStorage.snapshot();

  /** @param waitsForBegin Nothing is delivered before `beginDelivery`. */
  constructor(
    private readonly logger: Logger,
    { waitsForBegin = false }: { waitsForBegin?: boolean } = {},
  ) {
    if (waitsForBegin) this.beginning = new Promise((resolve) => (this.begin = resolve));
  }

  /**
   * All who shall have events have subscribed. Without waiting for that, an event of an outbox that the last stop left would
   * be delivered to those who happen to be there, and be lost to the others: nothing here remembers who is missing.
   */
  beginDelivery(): void {
    this.beginning = null;
    this.begin();
  }

  /** Subscribers begin to stop: who publishes keeps its event, for the next start. */
  endDelivery(): void {
    this.hasEnded = true;
    this.beginDelivery();
  }

  async request<C extends RpcContract>(
    contract: C,
    request: CallOf<C>,
    options: RequestOptions = {},
  ): Promise<ResponseOf<C>> {
    const text = encodeMessage(contract.request, request as RequestOf<C>, contract.subject);
    const responder = this.responders.get(contract.subject);
    if (!responder || this.closed) throw unavailable(contract.subject, contract.owner);
    const reply = await withDeadline(responder(text, options), options.deadlineMs ?? contract.deadlineMs, () =>
      unavailable(contract.subject, contract.owner),
    );
    return decodeReply(contract.response, reply, contract.subject, options.onReplay) as ResponseOf<C>;
  }

  async respond<C extends RpcContract>(contract: C, handler: RpcHandler<C>): Promise<Subscription> {
    if (this.responders.has(contract.subject)) throw new Error(`${contract.subject} has a responder already`);
    this.responders.set(contract.subject, (text, { requestId, idempotency }) => {
      const context = { subject: contract.subject, requestId, deliveries: 1, ...(idempotency && { idempotency }) };
      return this.apart(() => answerRequest(contract, handler, text, context, this.logger));
    });
    return { stop: async () => void this.responders.delete(contract.subject) };
  }

  async publish<C extends EventContract>(
    contract: C,
    event: Omit<EventEnvelope<PayloadOf<C>>, 'subject'>,
  ): Promise<void> {
    const payload = encodeMessage(contract.payload, event.payload, contract.subject);
    await this.publishEncoded({ ...event, subject: contract.subject, payload });
  }

  async publishEncoded(event: EncodedEvent): Promise<void> {
    if (this.beginning) await this.beginning;
    if (this.closed || this.hasEnded) throw unavailable(event.subject, 'bus');
    await Promise.all([...(this.queues.get(event.subject) ?? [])].map((queue) => queue.add(event)));
  }

  /** It is this process. */
  onServerChanged(): () => void {
    return () => undefined;
  }

  async subscribe<C extends EventContract>(
    contract: C,
    delivery: Delivery,
    handler: EventHandler<C>,
  ): Promise<Subscription> {
    const events = new EventDelivery(contract, handler, this.logger, delivery.kind === 'durable');
    const queue = new EventQueue(delivery, (parcels) => this.apart(() => events.deliver(parcels)));
    const queues = this.queues.get(contract.subject) ?? new Set();
    this.queues.set(contract.subject, queues.add(queue));
    return {
      stop: async () => {
        queues.delete(queue);
        await queue.stop();
      },
    };
  }

  async putSnapshot<C extends SnapshotContract>(contract: C, value: ValueOf<C>): Promise<void> {
    const text = encodeMessage(contract.value, value, contract.name);
    this.snapshots.set(contract.name, text);
    for (const watcher of this.watchers.get(contract.name) ?? []) watcher(text);
  }

  async watchSnapshot<C extends SnapshotContract>(
    contract: C,
    onValue: (value: ValueOf<C>) => void,
  ): Promise<Subscription> {
    // A watcher's failure is its own: the owner's `putSnapshot` must not see it.
    const watcher = (text: string): void => {
      try {
        onValue(decodeMessage(contract.value, text, contract.name) as ValueOf<C>);
      } catch (error) {
        this.logger.error({ err: error, snapshot: contract.name }, 'a snapshot was not taken; the last one stays');
      }
    };
    const watchers = this.watchers.get(contract.name) ?? new Set();
    this.watchers.set(contract.name, watchers.add(watcher));
    const present = this.snapshots.get(contract.name);
    if (present !== undefined) watcher(present);
    return { stop: async () => void watchers.delete(watcher) };
  }

  async checkHealth(): Promise<void> {
    if (this.closed) throw unavailable('bus', 'bus');
  }

  async close(): Promise<void> {
    this.closed = true;
    this.beginDelivery();
    await Promise.all([...this.queues.values()].flatMap((queues) => [...queues].map((queue) => queue.stop())));
  }
}
