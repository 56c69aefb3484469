export * from './bus.js';
export { decodeMessage, encodeMessage } from './codec.js';
export { MemoryBus } from './memory/memory-bus.js';
export { BusStrategy, RethrowFilter } from './nest/bus.strategy.js';
export { Consumes, Responds } from './nest/decorators.js';
