import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@ao/runtime';
import { IdentityModule } from './identity.module.js';

export { identitySettings } from './config.js';

/** Organisations, teams, users and API keys. */
export const identityService: ServiceDefinition = {
  name: 'identity',
  migrationsDirectory: fileURLToPath(new URL('../../../prisma/identity/migrations', import.meta.url)),
  build: (context) => ({ module: IdentityModule.register(context) }),
};
