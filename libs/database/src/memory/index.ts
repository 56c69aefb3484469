export { lostRace } from '../database-errors.js';
export { MemoryDatabase, type MemoryOutboxRow, type MemorySession } from './memory-database.js';
export { appendMemoryOutbox, claimMemoryInbox } from './memory-outbox.js';
export { MemoryTable } from './memory-table.js';
export type { MemoryTransaction } from './memory-transaction.js';
