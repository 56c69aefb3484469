import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@ao/runtime';
import { wireRouting } from './routing.module.js';

export { routingSettings } from './config.js';

/** Providers and their credentials, deployments, aliases: the table that gateways route by. */
export const routingService: ServiceDefinition = {
  name: 'routing',
  migrationsDirectory: fileURLToPath(new URL('../../../prisma/routing/migrations', import.meta.url)),
  build: wireRouting,
};
