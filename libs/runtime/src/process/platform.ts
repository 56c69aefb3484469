import { join } from 'node:path';
import { MemoryBus, connectNatsBus, type Bus } from '@ao/bus';
import { SecretBox, loadKey, loadSettings, platformSettings, type PlatformValues } from '@ao/config';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@ao/database';
import { openMemoryKeyValue, openRedisKeyValue, withLocalLimits, type KeyValue } from '@ao/keyvalue';
import { StartupError, UuidV7Generator, systemClock, type Logger } from '@ao/kernel';
import { createLogger } from '@ao/telemetry';
import { openWarehouse, type Warehouse } from '@ao/warehouse';
import type { HostContext } from '../run-service.js';

/** What one process shares among the services it hosts. */
export interface Platform {
  values: PlatformValues;
  bus: Bus;
  logger: Logger;
  /** The host context of a service, with a logger of its own name. */
  contextFor(name: string): HostContext & { ids: UuidV7Generator };
  /** Opens what replicas share and may lose: limits and caches. In memory where no Redis is named. */
  openKeyValue(): KeyValue;
  /** Opens the warehouse once, however many ask. */
  openWarehouse(): Promise<Warehouse>;
  /** Every service of this process runs: from now on events are delivered. Over NATS they always are. */
  beginDelivery(): void;
  /** The services of this process are about to stop: what is published from now on stays with its publisher. */
  endDelivery(): void;
  close(): Promise<void>;
}

export interface PlatformOptions {
  /** For logs and for the servers' lists of clients. */
  name: string;
  environment: NodeJS.ProcessEnv;
  /** Starts what no URL names: the bus in memory and PostgreSQL beside this process. Without it each URL is required. */
  embedded: boolean;
}

/**
 * Opens what every service needs: keys, bus, database, warehouse.
 * @throws StartupError naming the setting to change.
 */
export async function openPlatform({ name, environment, embedded }: PlatformOptions): Promise<Platform> {
  const values = loadSettings(platformSettings, environment);
  const loggerFor = (service: string): Logger =>
    createLogger({ service, level: values.LOG_LEVEL, format: values.LOG_FORMAT });
  const logger = loggerFor(name);
  if (!embedded) requireUrls(values);
  const dataDirectory = values.AO_DATA_DIR;
  const keyFile = (file: string): string => join(dataDirectory, 'keys', file);
  const secretBox = new SecretBox(loadKey(values.AO_MASTER_KEY, keyFile('master.key'), 'AO_MASTER_KEY'));
  const keyPepper = loadKey(values.AO_KEY_PEPPER, keyFile('pepper.key'), 'AO_KEY_PEPPER');
  const postgres = values.DATABASE_URL
    ? undefined
    : await embeddedPostgres(embedded, join(dataDirectory, 'postgres'), logger);
  const bus = await openBus(values, name, logger).catch(async (error: unknown) => {
    await postgres?.stop();
    throw error;
  });
  let warehouse: Promise<Warehouse> | undefined;
  const openOnce = (): Promise<Warehouse> => {
    const where = values.CLICKHOUSE_URL
      ? { url: values.CLICKHOUSE_URL }
      : { embeddedDirectory: join(dataDirectory, 'clickhouse') };
    warehouse ??= openWarehouse({ ...where, logger }).catch((error: unknown) => {
      warehouse = undefined;
      throw error;
    });
    return warehouse;
  };

  return {
    values,
    bus,
    logger,
    openWarehouse: openOnce,
    beginDelivery: () => (bus instanceof MemoryBus ? bus.beginDelivery() : undefined),
    endDelivery: () => (bus instanceof MemoryBus ? bus.endDelivery() : undefined),
    openKeyValue: () => openKeyValue(values, logger),
    contextFor: (service) => ({
      bus,
      logger: loggerFor(service),
      clock: systemClock,
      ids: new UuidV7Generator(),
      secretBox,
      keyPepper,
      dataDirectory,
      environment,
      databaseUrl: values.DATABASE_URL ?? postgres?.url ?? '',
      openWarehouse: openOnce,
    }),
    async close() {
      await bus.close();
      await warehouse?.then((opened) => opened.close()).catch(() => undefined);
      await postgres?.stop();
    },
  };
}

async function openBus(values: PlatformValues, name: string, logger: Logger): Promise<Bus> {
  return values.NATS_URL
    ? connectNatsBus({ url: values.NATS_URL, name, logger })
    : new MemoryBus(logger, { waitsForBegin: true });
}

function openKeyValue({ REDIS_URL: url }: PlatformValues, logger: Logger): KeyValue {
  return url ? withLocalLimits(openRedisKeyValue({ url, logger }), openMemoryKeyValue(), logger) : openMemoryKeyValue();
}

function embeddedPostgres(
  wanted: boolean,
  dataDirectory: string,
  logger: Logger,
): Promise<EmbeddedPostgres> | undefined {
  return wanted ? startEmbeddedPostgres({ dataDirectory, logger }) : undefined;
}

/** A service alone finds the others only by NATS, and shares no folder with them. */
function requireUrls(values: PlatformValues): void {
  const required = ['NATS_URL', 'DATABASE_URL', 'AO_MASTER_KEY', 'AO_KEY_PEPPER'] as const;
  const missing = required.filter((setting) => values[setting] === undefined);
  if (missing.length > 0)
    throw new StartupError(`in a cluster every service needs ${missing.join(', ')}; or run npm start for one process`);
}
