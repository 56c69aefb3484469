import type { Logger } from '@ao/kernel';
import { ClickHouseWarehouse } from './click-house-warehouse.js';
import { openEmbeddedEngine } from './embedded-engine.js';
import { openServerEngine } from './server-engine.js';
import type { Warehouse } from './warehouse.js';

export type WarehouseOptions = { logger?: Logger } & (
  { url: string; embeddedDirectory?: undefined } | { embeddedDirectory: string; url?: undefined }
);

/**
 * Opens a ClickHouse server by its URL (`http://user:password@host:8123/database`) or the engine inside this process.
 *
 * @throws StartupError, saying what to change, when it cannot be used: the analytics service alone has to do without
 */
export async function openWarehouse(options: WarehouseOptions): Promise<Warehouse> {
  const engine =
    options.url !== undefined ? openServerEngine(options.url) : await openEmbeddedEngine(options.embeddedDirectory);
  options.logger?.info({ kind: engine.kind }, 'analytics database opened');
  return new ClickHouseWarehouse(engine);
}
