import { withDeadline } from '@ao/kernel';
import type { Delivery, EncodedEvent, EventEnvelope } from '../bus.js';
import { BatchQueue } from '../events/batch-queue.js';
import { retryDelayMs, type Parcel } from '../events/event-delivery.js';

const STOP_DEADLINE_MS = 5_000;
/** Past this the publisher is told to keep its events: memory has a bound. */
const OPEN_EVENTS_MAX = 100_000;

/** The events on their way to one subscriber of this process. */
export class EventQueue {
  private readonly queue: BatchQueue<MemoryParcel>;
  /** Accepted and not settled, by event id: publishing one of these again waits for the first. */
  private readonly open = new Map<string, MemoryParcel>();
  /** Those that failed and are not due yet. Timers of their own: thousands of listeners on one signal are slow. */
  private readonly resting = new Map<NodeJS.Timeout, MemoryParcel>();
  private isStopped = false;
  private readonly running: Promise<void>;

  constructor(
    private readonly delivery: Delivery,
    private readonly deliver: (parcels: Parcel[]) => Promise<void>,
  ) {
    const { batchSizeMax = 1, batchWaitMs = 0 } = delivery.kind === 'durable' ? delivery : {};
    this.queue = new BatchQueue(batchSizeMax, batchWaitMs);
    this.running = this.run();
  }

  /** Resolves when the event was handled or set aside, or at once for a broadcast. */
  add(event: EncodedEvent): Promise<void> {
    if (this.isStopped) return Promise.reject(new Error('the subscription is stopped'));
    const parcel = this.open.get(event.id) ?? this.accept(event);
    if (!parcel) return Promise.reject(new Error('too many events are waiting'));
    return this.delivery.kind === 'broadcast' ? Promise.resolve() : parcel.settled;
  }

  /** Events that are not handled by then are given back to their publishers as rejected. */
  async stop(): Promise<void> {
    this.isStopped = true;
    for (const parcel of this.queue.close()) parcel.giveBack();
    for (const [timer, parcel] of this.resting) {
      clearTimeout(timer);
      parcel.giveBack();
    }
    this.resting.clear();
    await withDeadline(this.running, STOP_DEADLINE_MS, () => new Error('a handler goes on')).catch(() => undefined);
    for (const parcel of this.open.values()) parcel.giveBack();
  }

  private accept(event: EncodedEvent): MemoryParcel | null {
    if (this.open.size >= OPEN_EVENTS_MAX) return null;
    const parcel = new MemoryParcel(
      event,
      () => this.open.delete(event.id),
      (delayMs) => this.tryAgain(parcel, delayMs),
    );
    this.open.set(event.id, parcel);
    this.queue.push(parcel);
    return parcel;
  }

  private async run(): Promise<void> {
    for (let batch = await this.queue.take(); batch.length > 0; batch = await this.queue.take()) {
      await this.deliver(batch);
    }
  }

  /** The delay is spent outside the queue: an event that keeps failing does not hold up those behind it. */
  private tryAgain(parcel: MemoryParcel, delayMs: number): void {
    if (this.isStopped) return parcel.giveBack();
    const timer = setTimeout(() => {
      this.resting.delete(timer);
      this.queue.push(parcel);
    }, delayMs);
    this.resting.set(timer, parcel);
  }
}

class MemoryParcel implements Parcel {
  readonly settled: Promise<void>;
  private resolve!: () => void;
  private reject!: (error: Error) => void;
  private deliveries = 1;

  constructor(
    private readonly event: EncodedEvent,
    private readonly onSettled: () => void,
    private readonly onRetry: (delayMs: number) => void,
  ) {
    this.settled = new Promise((resolve, reject) => Object.assign(this, { resolve, reject }));
    // A broadcast's publisher does not wait; without this its failure would count as unhandled.
    this.settled.catch(() => undefined);
  }

  get label(): string {
    return this.event.id;
  }

  open(): EventEnvelope {
    return { ...this.event, payload: JSON.parse(this.event.payload) };
  }

  handled(): void {
    this.onSettled();
    this.resolve();
  }

  retry(): void {
    this.onRetry(retryDelayMs(this.deliveries++));
  }

  setAside(): void {
    this.handled();
  }

  giveBack(): void {
    this.onSettled();
    this.reject(new Error('the subscription stopped before the event was handled'));
  }
}
