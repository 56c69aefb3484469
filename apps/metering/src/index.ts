import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@ao/runtime';
import { MeteringModule } from './metering.module.js';

export { meteringSettings } from './config.js';

/** Prices, authoritative costs and the request log. */
export const meteringService: ServiceDefinition = {
  name: 'metering',
  migrationsDirectory: fileURLToPath(new URL('../../../prisma/metering/migrations', import.meta.url)),
  build: (context) => MeteringModule.register(context),
};
