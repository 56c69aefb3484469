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

/** An event with its identity. `id`, unique per subject, makes it idempotent: delivering it again must change nothing. */
export interface EventEnvelope<Payload = unknown> {
  id: string;
  subject: string;
  /** RFC 3339. */
  occurredAt: string;
  /** The request that caused it, for correlation. */
  requestId?: string;
  payload: Payload;
}

/** An event as an outbox holds it: its payload already encoded for the wire. */
export type EncodedEvent = Omit<EventEnvelope, 'payload'> & { payload: string };

/** Says that a request may be sent again: its owner then carries it out once, and repeats the answer. */
export interface Idempotency {
  /** The caller's own; counts for the actor of the request alone. */
  key: string;
  /** Of all that was asked: tells a repetition from another request under the same key. */
  fingerprint: string;
}

export interface RequestOptions {
  /** Overrides the contract's deadline. */
  deadlineMs?: number;
  requestId?: string;
  idempotency?: Idempotency;
  /** Called when the answer is a repetition of an earlier one. */
  onReplay?: () => void;
}

/** What a handler learns besides the message. */
export interface MessageContext {
  subject: string;
  requestId: string | undefined;
  /** 1 for the first delivery. */
  deliveries: number;
  idempotency?: Idempotency;
}

/** What a handler answers with when it repeats an earlier answer. */
export class Replay<Response> {
  constructor(readonly response: Response) {}
}

export type RpcHandler<C extends RpcContract> = (
  request: RequestOf<C>,
  context: MessageContext,
) => Promise<ResponseOf<C> | Replay<ResponseOf<C>>> | ResponseOf<C>;

export type EventHandler<C extends EventContract> = (events: EventEnvelope<PayloadOf<C>>[]) => Promise<void> | void;

/**
 * How a subscription shares events. `durable`: replicas with one name share the stream, each event goes to one of them,
 * again until it succeeds, also after a restart. `broadcast`: every process gets every event from now on, while it is up.
 * A handler gets up to `batchSizeMax` events at once (1 unless told), for which the first waits up to `batchWaitMs` (0).
 */
export type Delivery =
  { kind: 'durable'; name: string; batchSizeMax?: number; batchWaitMs?: number } | { kind: 'broadcast' };

/** @param awayMs For how long the transport could not be reached. */
export type ServerChanged = (awayMs: number) => void;

/** A transport that acknowledges before it syncs its disk (JetStream syncs every two minutes) has it safe after this. */
export const SAFE_AFTER_MS = 180_000;

export interface Subscription {
  stop(): Promise<void>;
}

/**
 * The only way from service to service. Every message is validated against its contract on both sides.
 *
 * Errors: a request to an owner that is away or silent rejects with `backend_unavailable` within its deadline; a
 * refusal (AppError) of the handler arrives as the same AppError. An event handler that throws gets the events again,
 * one by one, with growing delays; an event that can never succeed (an AppError that is not retryable) is set aside and
 * logged, so that it does not hold up those behind it.
 */
export interface Bus {
  /**
   * True: `publish` resolves when every durable subscriber has handled the event, however long one is away. False: when
   * the transport has stored it, which is soon or not at all.
   */
  readonly publishWaitsForHandlers: boolean;

  request<C extends RpcContract>(contract: C, request: CallOf<C>, options?: RequestOptions): Promise<ResponseOf<C>>;
  respond<C extends RpcContract>(contract: C, handler: RpcHandler<C>): Promise<Subscription>;

  /** Resolves once the transport has taken the event over; until then the caller must keep it. */
  publish<C extends EventContract>(contract: C, event: Omit<EventEnvelope<PayloadOf<C>>, 'subject'>): Promise<void>;
  /** Publishes what an outbox or a spool kept. */
  publishEncoded(event: EncodedEvent): Promise<void>;
  /**
   * Calls back when the transport is another process than before: it may have lost the last of what it had taken over, so
   * that what was published in `SAFE_AFTER_MS` before it went away should be published again. Returns how to stop that.
   */
  onServerChanged(listener: ServerChanged): () => void;
  subscribe<C extends EventContract>(contract: C, delivery: Delivery, handler: EventHandler<C>): Promise<Subscription>;

  putSnapshot<C extends SnapshotContract>(contract: C, value: ValueOf<C>): Promise<void>;
  /** Calls back with the present value, if any, and with each later one. */
  watchSnapshot<C extends SnapshotContract>(contract: C, onValue: (value: ValueOf<C>) => void): Promise<Subscription>;

  /** Rejects when the transport cannot be reached. */
  checkHealth(): Promise<void>;
  /** Stops taking messages, waits for running handlers (bounded), disconnects. */
  close(): Promise<void>;
}
