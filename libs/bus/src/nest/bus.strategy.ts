import { Catch, type ExceptionFilter } from '@nestjs/common';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { defaultIfEmpty, from, isObservable, lastValueFrom, throwError, type Observable } from 'rxjs';
import type { Bus, MessageContext, Subscription } from '../bus.js';
import type { HandlerExtras } from './decorators.js';

/**
 * Hangs Nest's message handlers onto a Bus. One strategy serves both transports: which bus it is given decides
 * (`MemoryBus` in one process, `NatsBus` in a cluster).
 */
export class BusStrategy extends Server implements CustomTransportStrategy {
  private readonly subscriptions: Subscription[] = [];

  constructor(private readonly bus: Bus) {
    super();
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
    for (const first of this.messageHandlers.values()) {
      // Nest chains several handlers of one event pattern.
      for (
        let handler: MessageHandler | undefined = first;
        handler;
        handler = handler.next as MessageHandler | undefined
      ) {
        this.subscriptions.push(await this.subscribeOne(handler));
      }
    }
  }

  private subscribeOne(handler: MessageHandler): Promise<Subscription> {
    const extras = handler.extras as HandlerExtras | undefined;
    if (!extras) throw new Error('use @Responds or @Consumes: a bus handler needs its contract');
    if ('delivery' in extras) {
      return this.bus.subscribe(
        extras.contract,
        extras.delivery,
        async (events) => void (await settle(handler(events))),
      );
    }
    return this.bus.respond(extras.contract, (request, context: MessageContext) => settle(handler(request, context)));
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
