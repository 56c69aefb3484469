import type { EventContract, RpcContract } from '@ao/contracts';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import type { Delivery } from '../bus.js';

/** What the strategy finds beside a handler. */
export type HandlerExtras = { contract: RpcContract } | { contract: EventContract; delivery: Delivery };

/** Answers the requests of a contract: `(request, @Ctx() context) => response`. */
export const Responds = (contract: RpcContract): MethodDecorator =>
  MessagePattern(contract.subject, { contract } satisfies HandlerExtras);

/** Handles the events of a contract in batches: `(events) => Promise<void>`; see `Delivery` for how they are shared. */
export const Consumes = (contract: EventContract, delivery: Delivery): MethodDecorator =>
  EventPattern(contract.subject, { contract, delivery } satisfies HandlerExtras) as MethodDecorator;
