import type { EventContract, PayloadOf } from '@ao/contracts';
import { AppError, withDeadline, type Logger } from '@ao/kernel';
import type { EventEnvelope, EventHandler } from '../bus.js';
import { decodeValue } from '../codec.js';

/** A handler that takes longer hangs: its events are tried again, so that they are not lost behind it. */
const HANDLER_DEADLINE_MS = 5 * 60_000;
const RETRY_DELAY_MS_FIRST = 50;
const RETRY_DELAY_MS_MAX = 30_000;
/** After so many in a row the fault lies with what the handler needs, not with the events: the rest waits its turn. */
const FAILURES_IN_A_ROW_MAX = 3;

/** An event in the hands of a transport, which learns here what became of it. Exactly one of the three is called. */
export interface Parcel {
  /** What the log calls it: the event's id, or its place in a stream. */
  readonly label: string;
  /** The event with its payload as plain JSON; throws when it is none. */
  open(): EventEnvelope;
  handled(): void;
  retry(): void;
  setAside(): void;
}

/** How long an event waits after its n-th delivery failed: 50 ms, doubling up to 30 s. */
export function retryDelayMs(deliveries: number): number {
  return Math.min(RETRY_DELAY_MS_FIRST * 2 ** Math.min(deliveries - 1, 20), RETRY_DELAY_MS_MAX);
}

interface Opened<C extends EventContract> {
  parcel: Parcel;
  event: EventEnvelope<PayloadOf<C>>;
}

/**
 * Hands events to one handler and decides what becomes of each: the rules that both transports share. A failed batch goes
 * one by one; what can never succeed (undecodable, or an AppError that is not retryable) is set aside and logged; any
 * other failure is tried again, without end when `retries` is true.
 */
export class EventDelivery<C extends EventContract> {
  constructor(
    private readonly contract: C,
    private readonly handler: EventHandler<C>,
    private readonly logger: Logger,
    private readonly retries: boolean,
  ) {}

  /** Never rejects. */
  async deliver(parcels: Parcel[]): Promise<void> {
    const opened = parcels.flatMap((parcel) => this.open(parcel));
    if (opened.length > 1 && (await this.attemptAll(opened))) return;
    let failuresInARow = 0;
    for (const one of opened) {
      if (failuresInARow >= FAILURES_IN_A_ROW_MAX && this.retries) one.parcel.retry();
      else failuresInARow = (await this.attemptOne(one)) ? 0 : failuresInARow + 1;
    }
  }

  private open(parcel: Parcel): Opened<C>[] {
    try {
      const event = parcel.open();
      const payload = decodeValue(this.contract.payload, event.payload, event.subject) as PayloadOf<C>;
      return [{ parcel, event: { ...event, payload } }];
    } catch (error) {
      this.setAside(parcel, error);
      return [];
    }
  }

  private async attemptAll(opened: Opened<C>[]): Promise<boolean> {
    try {
      await this.handle(opened.map(({ event }) => event));
    } catch (error) {
      const fields = { err: error, subject: this.contract.subject, events: opened.length };
      this.logger.warn(fields, 'an event batch failed; its events go one by one');
      return false;
    }
    for (const { parcel } of opened) parcel.handled();
    return true;
  }

  /** Gives whether the handler did its work, be it to refuse the event for good. */
  private async attemptOne({ parcel, event }: Opened<C>): Promise<boolean> {
    try {
      await this.handle([event]);
    } catch (error) {
      if (!this.retries || (error instanceof AppError && !error.retryable)) {
        this.setAside(parcel, error);
        return true;
      }
      const fields = { err: error, subject: event.subject, event: parcel.label };
      this.logger.warn(fields, 'an event was not handled and will be tried again');
      parcel.retry();
      return false;
    }
    parcel.handled();
    return true;
  }

  private async handle(events: EventEnvelope<PayloadOf<C>>[]): Promise<void> {
    const hangs = (): Error => new AppError('timeout', 'The event handler did not finish in time.');
    await withDeadline(
      Promise.resolve().then(() => this.handler(events)),
      HANDLER_DEADLINE_MS,
      hangs,
    );
  }

  private setAside(parcel: Parcel, error: unknown): void {
    const fields = { err: error, subject: this.contract.subject, event: parcel.label };
    this.logger.error(fields, 'an event can never be handled and was set aside');
    parcel.setAside();
  }
}
