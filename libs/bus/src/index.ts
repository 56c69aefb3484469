export * from './bus.js';
export { decodeMessage, encodeMessage } from './codec.js';
export { MemoryBus } from './memory/memory-bus.js';
export { BusStrategy, RethrowFilter, type RequestInterceptor } from './nest/bus.strategy.js';
export { Consumes, Responds } from './nest/decorators.js';
export { connectNatsBus, NatsBus, type NatsBusOptions } from './nats/nats-bus.js';
export type { NatsTls } from './nats/nats-address.js';
