import type { Bus } from '@ao/bus';
import type { SecretBox } from '@ao/config';
import type { Owner } from '@ao/contracts';
import type { Database } from '@ao/database';
import type { Clock, IdGenerator, Logger } from '@ao/kernel';
import type { Warehouse } from '@ao/warehouse';
import type { DynamicModule } from '@nestjs/common';

/** What every service gets from the process that hosts it; it cannot tell standalone from cluster. */
export interface ServiceContext {
  bus: Bus;
  logger: Logger;
  clock: Clock;
  ids: IdGenerator;
  secretBox: SecretBox;
  /** 32 bytes under which API keys are hashed. */
  keyPepper: Buffer;
  /** Where the process may keep files. */
  dataDirectory: string;
  /** The variables that a service's own `config.ts` reads. */
  environment: NodeJS.ProcessEnv;
  /** The service's own schema; throws when its definition names none. */
  database: Database;
  /** Opened on first use; rejects with a StartupError where no engine can be had. */
  openWarehouse: () => Promise<Warehouse>;
}

/** Runs beside the message handlers for as long as the service does, such as a sweeper. */
export interface BackgroundJob {
  start(): Promise<void> | void;
  stop(): Promise<void> | void;
}

export interface ServiceParts {
  module: DynamicModule;
  jobs?: BackgroundJob[];
  /** Beyond the bus and the database, what must work for the service to be ready; each rejects with the reason. */
  healthChecks?: Record<string, () => Promise<void>>;
}

/** A service of the platform: everything that a host needs to run it. */
export interface ServiceDefinition {
  name: Exclude<Owner, 'gateway'>;
  /** Folder of its PostgreSQL migrations; the schema bears the service's name. Absent: it keeps nothing in PostgreSQL. */
  migrationsDirectory?: string;
  build(context: ServiceContext): Promise<ServiceParts> | ServiceParts;
}

export interface RunningService {
  name: string;
  /** Runs the checks of the service; never rejects. */
  checkHealth(): Promise<Record<string, { ok: boolean; detail: string | null }>>;
  /** Stops taking messages, finishes what runs, closes connections. */
  stop(): Promise<void>;
}
