import { AppError } from '@ao/kernel';
import { errors } from '@nats-io/transport-node';
import type { EncodedEvent } from '../bus.js';
import { unavailable } from '../codec.js';
import { ownerOfEvent, type EventStreams } from './event-streams.js';
import { packEvent } from './event-wire.js';
import { headerText } from './header-text.js';
import { messageError, type NatsLink } from './nats-link.js';

const ACKNOWLEDGE_TIMEOUT_MS = 5_000;
/** Past this the publisher is told to keep its events: what is sent and not acknowledged lies in our memory. */
const UNACKNOWLEDGED_EVENTS_MAX = 10_000;

/** Hands events to JetStream and waits until it has stored them. */
export class EventPublisher {
  private unacknowledged = 0;

  constructor(
    private readonly link: NatsLink,
    private readonly streams: EventStreams,
  ) {}

  /** @throws AppError `backend_unavailable` when the event may not have been stored; publishing it again is harmless */
  async publish(event: EncodedEvent): Promise<void> {
    const owner = ownerOfEvent(event.subject);
    if (!this.link.isUp) throw unavailable(event.subject, 'bus');
    if (this.unacknowledged >= UNACKNOWLEDGED_EVENTS_MAX) throw tooMany(event.subject);
    this.unacknowledged += 1;
    try {
      await this.send(event, owner);
    } catch (error) {
      throw messageError(this.link, error, event.subject, 'bus');
    } finally {
      this.unacknowledged -= 1;
    }
  }

  private async send(event: EncodedEvent, owner: string): Promise<void> {
    // JetStream remembers ids per stream; ours count per subject.
    const options = { msgID: headerText(`${event.subject}#${event.id}`), timeout: ACKNOWLEDGE_TIMEOUT_MS };
    await this.streams.ensure(owner);
    try {
      await this.link.js.publish(event.subject, packEvent(event), options);
    } catch (error) {
      if (!isNoStream(error)) throw error;
      this.streams.forget(owner);
      await this.streams.ensure(owner);
      await this.link.js.publish(event.subject, packEvent(event), options);
    }
  }
}

/** Nobody listens on the subject: the stream was deleted behind our back, or the server lost its disk. */
function isNoStream(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof errors.RequestError && cause.isNoResponders();
}

function tooMany(subject: string): AppError {
  return new AppError('backend_unavailable', 'Too many events wait for the bus. Keep this one and try again shortly.', {
    internal: `${subject}: ${UNACKNOWLEDGED_EVENTS_MAX} events are not acknowledged`,
    retryAfterSeconds: 1,
  });
}
