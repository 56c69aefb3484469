import { AppError, sleep } from '@ao/kernel';
import { DiscardPolicy, JetStreamApiError, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { NatsLink } from './nats-link.js';

const EVENT_AGE_MS_MAX = 7 * 24 * 3_600_000;
/** Publishing an id again within this time changes nothing; a relay that restarts is back long before. */
const DUPLICATE_WINDOW_MS = 2 * 60_000;
/** JetStream's own code for "exists with another configuration". */
const STREAM_NAME_IN_USE = 10_058;
/** What JetStream says, too, while another process is just making the very same stream. */
const SUBJECTS_OVERLAP = 10_065;
const CREATE_ATTEMPTS_MAX = 6;
const CREATE_PAUSE_MS = 50;
/** JetStream's codes for "no room": of the account, and of the server. */
const NO_STORAGE = [10_002, 10_023, 10_047];
const SUBJECT = /^evt\.([a-z-]+)\.[A-Za-z0-9_.-]+$/;

export interface EventStreamOptions {
  /** Copies of each event in a NATS cluster: 1, 3 or 5. */
  replicas: number;
  /** The oldest events go when a stream outgrows this; JetStream reserves it on disk. */
  bytesMax: number;
}

/** The owner whose stream holds a subject. @throws AppError `invalid_parameter` for what is no event subject */
export function ownerOfEvent(subject: string): string {
  const owner = SUBJECT.exec(subject)?.[1];
  if (owner) return owner;
  throw new AppError('invalid_parameter', 'An event subject must be evt.<owner>.<noun>.<past-verb>.v<N>.', {
    internal: subject,
  });
}

/** One JetStream stream per owner, made or brought up to date by whoever needs it first. */
export class EventStreams {
  private readonly ensured = new Map<string, Promise<string>>();

  constructor(
    private readonly link: NatsLink,
    private readonly options: EventStreamOptions,
  ) {}

  /** The name of the owner's stream, which exists then. Several processes may ask at once. */
  ensure(owner: string): Promise<string> {
    const known = this.ensured.get(owner);
    if (known) return known;
    const made = this.createOrUpdate(owner);
    this.ensured.set(owner, made);
    made.catch(() => this.forget(owner));
    return made;
  }

  /** The next `ensure` looks again: for when the server says that the stream is gone. */
  forget(owner: string): void {
    this.ensured.delete(owner);
  }

  private async createOrUpdate(owner: string): Promise<string> {
    const name = `evt_${owner}`;
    const settings = {
      subjects: [`evt.${owner}.>`],
      max_age: nanos(EVENT_AGE_MS_MAX),
      max_bytes: this.options.bytesMax,
      discard: DiscardPolicy.Old,
      duplicate_window: nanos(DUPLICATE_WINDOW_MS),
      num_replicas: this.options.replicas,
    };
    const { streams } = this.link.manager;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await streams.add({ name, retention: RetentionPolicy.Limits, storage: StorageType.File, ...settings });
        return name;
      } catch (error) {
        if (!(error instanceof JetStreamApiError)) throw error;
        if (NO_STORAGE.includes(error.code)) throw noStorage(name, this.options.bytesMax, error);
        if (error.code === STREAM_NAME_IN_USE) break;
        if (error.code !== SUBJECTS_OVERLAP || attempt === CREATE_ATTEMPTS_MAX) throw error;
        await sleep(CREATE_PAUSE_MS * attempt);
      }
    }
    await streams.update(name, settings);
    return name;
  }
}

function noStorage(name: string, bytesMax: number, cause: Error): AppError {
  const message = `NATS cannot reserve ${bytesMax} bytes for ${name}. Give JetStream more disk, or streams less.`;
  return new AppError('not_configured', message, { cause });
}
