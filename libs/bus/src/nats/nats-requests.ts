import type { RpcContract } from '@ao/contracts';
import { AppError, withDeadline, type Logger } from '@ao/kernel';
import { headers, type Msg, type MsgHdrs, type Subscription as NatsSubscription } from '@nats-io/transport-node';
import type { MessageContext, RequestOptions, RpcHandler, Subscription } from '../bus.js';
import { encodeErrorReply, unavailable } from '../codec.js';
import { answerRequest } from '../rpc.js';
import { headerText } from './header-text.js';
import { messageError, type NatsLink } from './nats-link.js';

const REQUEST_ID_HEADER = 'ao-request-id';
const IDEMPOTENCY_KEY_HEADER = 'ao-idempotency-key';
const FINGERPRINT_HEADER = 'ao-idempotency-fingerprint';
/** Handlers of one contract running at once in this process; past it requests are refused rather than queued unseen. */
const RUNNING_REQUESTS_MAX = 1_024;
const STOP_DEADLINE_MS = 5_000;

/**
 * Sends the text of a request and gives the text of the reply.
 * @throws AppError `backend_unavailable`, at once when nobody listens or the link is down, else after `deadlineMs`
 */
export async function sendRequest(
  link: NatsLink,
  contract: RpcContract,
  text: string,
  deadlineMs: number,
  options: RequestOptions,
): Promise<string> {
  const { subject, owner } = contract;
  if (!link.isUp) throw unavailable(subject, owner);
  try {
    const reply = await link.connection.request(subject, text, {
      timeout: Math.max(1, deadlineMs),
      ...headersOf(options),
    });
    return reply.string();
  } catch (error) {
    throw messageError(link, error, subject, owner);
  }
}

function headersOf({ requestId, idempotency }: RequestOptions): { headers?: MsgHdrs } {
  if (!requestId && !idempotency) return {};
  const found = headers();
  if (requestId) found.set(REQUEST_ID_HEADER, headerText(requestId));
  if (idempotency) {
    found.set(IDEMPOTENCY_KEY_HEADER, headerText(idempotency.key));
    found.set(FINGERPRINT_HEADER, headerText(idempotency.fingerprint));
  }
  return { headers: found };
}

function contextOf(subject: string, found: MsgHdrs | undefined): MessageContext {
  const context = { subject, requestId: found?.get(REQUEST_ID_HEADER) || undefined, deliveries: 1 };
  const key = found?.get(IDEMPOTENCY_KEY_HEADER);
  return key ? { ...context, idempotency: { key, fingerprint: found?.get(FINGERPRINT_HEADER) ?? '' } } : context;
}

/** Answers the requests of one contract, sharing them with the owner's other replicas through a queue group. */
export class NatsResponder<C extends RpcContract> implements Subscription {
  private readonly subscription: NatsSubscription;
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly link: NatsLink,
    private readonly contract: C,
    private readonly handler: RpcHandler<C>,
    private readonly logger: Logger,
  ) {
    this.subscription = link.connection.subscribe(contract.subject, {
      queue: contract.owner,
      callback: (error, message) => {
        if (error) logger.error({ err: error, subject: contract.subject }, 'NATS ended a responder');
        else this.accept(message);
      },
    });
  }

  /** Takes no further requests and waits, bounded, for those that run. */
  async stop(): Promise<void> {
    const deadline = (): Error => new Error('requests were still running');
    const drained = this.link.isUp ? this.subscription.drain() : Promise.resolve(this.subscription.unsubscribe());
    await withDeadline(
      drained.then(() => Promise.all(this.running)),
      STOP_DEADLINE_MS,
      deadline,
    ).catch((error: unknown) => {
      this.logger.warn({ err: error, subject: this.contract.subject }, 'a responder stopped before its requests ended');
    });
  }

  private accept(message: Msg): void {
    if (this.running.size >= RUNNING_REQUESTS_MAX) return this.reply(message, encodeErrorReply(this.overloaded()));
    const answer = this.answer(message).finally(() => this.running.delete(answer));
    this.running.add(answer);
  }

  private async answer(message: Msg): Promise<void> {
    const context = contextOf(this.contract.subject, message.headers);
    this.reply(message, await answerRequest(this.contract, this.handler, message.string(), context, this.logger));
  }

  private reply(message: Msg, text: string): void {
    try {
      message.respond(text);
    } catch (error) {
      this.logger.error({ err: error, subject: this.contract.subject }, 'a reply could not be sent');
      const refusal = messageError(this.link, error, this.contract.subject, this.contract.owner);
      if (refusal.code === 'payload_too_large') message.respond(encodeErrorReply(refusal));
    }
  }

  private overloaded(): AppError {
    const { owner, subject } = this.contract;
    return new AppError('capacity_exceeded', `The ${owner} service is at its limit of requests. Try again shortly.`, {
      internal: `${subject}: ${RUNNING_REQUESTS_MAX} requests were running`,
      retryAfterSeconds: 1,
    });
  }
}
