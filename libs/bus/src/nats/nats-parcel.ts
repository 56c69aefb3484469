import type { JsMsg } from '@nats-io/jetstream';
import type { EventEnvelope } from '../bus.js';
import { retryDelayMs, type Parcel } from '../events/event-delivery.js';
import { unpackEvent } from './event-wire.js';

/** A message of a durable consumer: what becomes of it is told to JetStream. */
export class NatsParcel implements Parcel {
  constructor(
    private readonly message: JsMsg,
    private readonly onSettled: () => void,
  ) {}

  get label(): string {
    return `#${this.message.seq}`;
  }

  open(): EventEnvelope {
    return unpackEvent(this.message.subject, this.message.string());
  }

  handled(): void {
    this.settle(() => this.message.ack());
  }

  retry(): void {
    this.settle(() => this.message.nak(retryDelayMs(this.message.info.deliveryCount)));
  }

  setAside(): void {
    this.settle(() => this.message.term());
  }

  /** Another replica may have it at once. */
  giveBack(): void {
    this.settle(() => this.message.nak());
  }

  /** Asks JetStream for more time before it gives the message to another replica. */
  working(): void {
    send(() => this.message.working());
  }

  private settle(tell: () => void): void {
    this.onSettled();
    send(tell);
  }
}

/** On a closed connection nothing can be told; JetStream then delivers again, as it does when an acknowledgement is lost. */
function send(tell: () => void): void {
  try {
    tell();
  } catch {
    return;
  }
}
