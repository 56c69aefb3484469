import { decodeMessage, type EncodedEvent, type EventEnvelope } from '@ao/bus';
import type { EventContract, PayloadOf } from '@ao/contracts';
import { AppError } from '@ao/kernel';
import type { Life } from '../engine/life.js';
import type { Random } from '../engine/random.js';
import type { Scheduler } from '../engine/scheduler.js';
import type { Weather } from './weather.js';

const BATCH_MAX = 50;
/** Not acknowledged by then: delivered again, whether or not the first consumer is still at it. */
const ACK_WAIT_MS = 1_500;
const RETRY_MS = 200;

/** A process that handles the events of a durable subscription. */
export interface Member<C extends EventContract> {
  readonly life: Life;
  handle(events: EventEnvelope<PayloadOf<C>>[]): Promise<void>;
}

interface Subscription {
  contract: EventContract;
  members: () => readonly Member<EventContract>[];
  due: Stored[];
  isTicking: boolean;
}

interface Stored {
  event: EncodedEvent;
  isDone: boolean;
  /** Has failed in a batch: the next time it goes alone. */
  isAlone: boolean;
}

/** Durable events at least once: lost on the way in, unconfirmed, repeated, reordered, and again until acknowledged. */
export class EventBus {
  private readonly subscriptions = new Map<string, Subscription>();
  private readonly known = new Set<string>();
  private openCount = 0;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly weather: Weather,
    private readonly random: Random,
    private readonly onFault: (error: unknown) => void,
  ) {}

  /** Events that some subscriber has still to handle. */
  get open(): number {
    return this.openCount;
  }

  subscribe<C extends EventContract>(contract: C, members: () => readonly Member<C>[]): void {
    this.subscriptions.set(contract.subject, { contract, members, due: [], isTicking: false });
  }

  /** Resolves when the event is stored. Rejects when it is not, or when that cannot be known. */
  async publish(from: Life, event: EncodedEvent): Promise<void> {
    const lost = !this.weather.isConnected(from.name) || this.weather.strikes('publishLost');
    await from.sleep(this.weather.messageMs(), `publishes ${event.id}`);
    if (!lost) this.store(event);
    if (lost || this.weather.strikes('publishUnconfirmed')) {
      await from.sleep(300, `waits in vain for the bus to take ${event.id}`);
      throw new AppError('backend_unavailable', 'The bus did not confirm the event.');
    }
  }

  private store(event: EncodedEvent): void {
    const subscription = this.subscriptions.get(event.subject);
    const key = `${event.subject} ${event.id}`;
    if (this.weather.busDeduplicates && this.known.has(key)) return;
    this.known.add(key);
    if (!subscription) return;
    this.openCount += 1;
    const stored = { event, isDone: false, isAlone: false };
    this.deliver(subscription, stored, this.weather.messageMs());
    if (this.weather.strikes('deliveryTwice')) this.deliver(subscription, stored, this.random.int(0, 2_000));
  }

  private deliver(subscription: Subscription, stored: Stored, delayMs: number): void {
    this.scheduler.after(delayMs, `bus ${stored.event.id} is due`, () => {
      subscription.due.push(stored);
      if (subscription.isTicking) return;
      subscription.isTicking = true;
      this.scheduler.after(this.random.int(0, 10), 'bus delivers', () => this.tick(subscription));
    });
  }

  private tick(subscription: Subscription): void {
    subscription.isTicking = false;
    const due = subscription.due.filter(({ isDone }) => !isDone);
    const batches = due.filter(({ isAlone }) => isAlone).map((stored) => [stored]);
    const together = due.filter(({ isAlone }) => !isAlone);
    while (together.length > 0) batches.push(together.splice(0, this.random.int(1, BATCH_MAX)));
    subscription.due = [];
    for (const batch of batches) void this.hand(subscription, batch);
  }

  private async hand(subscription: Subscription, batch: Stored[]): Promise<void> {
    const alive = subscription.members().filter(({ life }) => life.isAlive);
    const again = (delayMs: number): void => {
      for (const stored of batch) if (!stored.isDone) this.deliver(subscription, stored, delayMs);
    };
    if (alive.length === 0) return again(RETRY_MS);
    const member = this.random.pick(alive);
    const { life } = member;
    let isSettled = false;
    this.scheduler.after(ACK_WAIT_MS, 'bus ack wait', () => !isSettled && again(0));
    try {
      await member.handle(this.random.shuffled(batch).map(({ event }) => opened(subscription.contract, event)));
    } catch (error) {
      if (!life.isAlive) return;
      isSettled = true;
      // Refused for good: on the real bus it would be set aside, and its money lost.
      if (batch.length === 1 && !(error instanceof AppError && error.retryable)) this.onFault(error);
      for (const stored of batch) stored.isAlone = true;
      return again(RETRY_MS);
    }
    if (!life.isAlive) return;
    isSettled = true;
    for (const stored of batch) this.acknowledge(subscription, stored);
  }

  private acknowledge(subscription: Subscription, stored: Stored): void {
    if (stored.isDone) return;
    if (this.weather.strikes('ackLost')) return this.deliver(subscription, stored, ACK_WAIT_MS);
    stored.isDone = true;
    this.openCount -= 1;
  }
}

const opened = (contract: EventContract, event: EncodedEvent): EventEnvelope => ({
  ...event,
  payload: decodeMessage(contract.payload, event.payload, event.subject),
});
