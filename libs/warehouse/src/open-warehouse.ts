import { ClickHouseWarehouse } from './click-house-warehouse.js';
import { openEmbeddedEngine } from './embedded-engine.js';
import { openServerEngine } from './server-engine.js';
import type { Warehouse } from './warehouse.js';

export type WarehouseOptions = { url: string } | { embeddedDirectory: string };

/**
 * Opens a ClickHouse server by its URL (`http://user:password@host:8123/database`) or the engine inside this process.
 *
 * @throws AppError not_configured, saying what to change, when neither can be used
 */
export async function openWarehouse(options: WarehouseOptions): Promise<Warehouse> {
  return new ClickHouseWarehouse(
    'url' in options ? openServerEngine(options.url) : await openEmbeddedEngine(options.embeddedDirectory),
  );
}
