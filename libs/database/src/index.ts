export * from './database.js';
export {
  databaseErrorCode,
  isForeignKeyViolation,
  isRetryableConflict,
  isUnavailable,
  isUniqueViolation,
  translateDatabaseError,
} from './database-errors.js';
export { freePort } from './embedded/free-port.js';
export * from './embedded/start-embedded-postgres.js';
export * from './idempotency/claim.js';
export * from './idempotency/idempotency-ddl.js';
export * from './idempotency/idempotency-table.js';
export * from './migrations/migrate.js';
export { migrationStatus, type MigrationStatus } from './migrations/migration-status.js';
export * from './outbox/append-outbox.js';
export * from './outbox/inbox.js';
export * from './outbox/outbox-ddl.js';
export * from './outbox/outbox-relay.js';
export type { OutboxLag } from './outbox/outbox-upkeep.js';
export * from './prisma-adapter.js';
