export { migrateWarehouse, type MigrateWarehouseOptions } from './migrate-warehouse.js';
export * from './open-warehouse.js';
export * from './warehouse.js';
