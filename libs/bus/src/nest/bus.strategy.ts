import { Catch, type ExceptionFilter } from '@nestjs/common';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { defaultIfEmpty, from, isObservable, lastValueFrom, throwError, type Observable } from 'rxjs';
import type { RpcContract } from '@ao/contracts';
import type { Bus, MessageContext, Subscription } from '../bus.js';
import type { HandlerExtras } from './decorators.js';

/** Stands before every request handler: answers by itself, or lets `handle` do it. */
export type RequestInterceptor = (
  contract: RpcContract,
  request: unknown,
  context: MessageContext,
  handle: () => Promise<unknown>,
) => Promise<unknown>;

/**
 * Hangs Nest's message handlers onto a Bus. One strategy serves both transports: which bus it is given decides
 * (`MemoryBus` in one process, `NatsBus` in a cluster).
 */
export class BusStrategy extends Server implements CustomTransportStrategy {
  /** The bus learns of every failure and logs it itself. */
  override readonly propagatesEventHandlerErrors = true;
  private readonly subscriptions: Subscription[] = [];

  constructor(
    private readonly bus: Bus,
    private readonly intercept: RequestInterceptor = (_contract, _request, _context, handle) => handle(),
  ) {
    super();
  }

  /**
   * Every event handler has a delivery of its own. Under one pattern Nest would chain them and run the whole chain
   * from the first one, so each gets a pattern of its own. Two responders for one contract are a wiring mistake.
   */
  override addHandler(pattern: string, callback: MessageHandler, isEventHandler = false, extras = {}): void {
    if (!isEventHandler && this.messageHandlers.has(pattern)) throw new Error(`${pattern} has two @Responds`);
    const key = isEventHandler ? `${pattern}#${this.messageHandlers.size}` : pattern;
    super.addHandler(key, callback, isEventHandler, extras);
  }

  listen(callback: (error?: unknown) => void): void {
    this.subscribeAll().then(() => callback(), callback);
  }

  async close(): Promise<void> {
    await Promise.all(this.subscriptions.splice(0).map((subscription) => subscription.stop()));
  }

  override on(): never {
    throw new Error('the bus strategy emits no transport events');
  }

  override unwrap<T>(): T {
    return this.bus as T;
  }

  private async subscribeAll(): Promise<void> {
    for (const handler of this.messageHandlers.values()) this.subscriptions.push(await this.subscribeOne(handler));
  }

  private subscribeOne(handler: MessageHandler): Promise<Subscription> {
    const extras = handler.extras as HandlerExtras | Record<string, never>;
    if (!('contract' in extras)) throw new Error('use @Responds or @Consumes: a bus handler needs its contract');
    if ('delivery' in extras) {
      return this.bus.subscribe(
        extras.contract,
        extras.delivery,
        async (events) => void (await settle(handler(events))),
      );
    }
    return this.bus.respond(extras.contract, (request, context: MessageContext) =>
      this.intercept(extras.contract, request, context, () => settle(handler(request, context))),
    );
  }
}

async function settle(result: Promise<unknown>): Promise<unknown> {
  const value: unknown = await result;
  return isObservable(value) ? lastValueFrom(from(value).pipe(defaultIfEmpty(undefined))) : value;
}

/** Lets errors reach the bus as they are: Nest's own filter would hide codes behind "Internal server error". */
@Catch()
export class RethrowFilter implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}
