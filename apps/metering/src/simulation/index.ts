/** What a simulation composes the service from. No Nest, no PostgreSQL. */
export { MemoryRequestLog, RequestLogTables } from '../adapters/memory/request-log.js';
export { RecordUsage } from '../application/record-usage.js';
export type { RequestLog } from '../application/ports.js';
