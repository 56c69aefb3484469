import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@ao/runtime';
import { IdentityModule } from './identity.module.js';

export { identitySettings } from './config.js';

/** Organisations, teams, users and API keys. */
export const identityService: ServiceDefinition = {
  name: 'identity',
  migrationsDirectory: fileURLToPath(new URL('../../../prisma/identity/migrations', import.meta.url)),
  build: (context) => IdentityModule.register(context, { alone: false }),
};

/** The same in a process of its own: with AO_ADMIN_KEY set it makes the first organisation without being asked. */
export const identityServiceAlone: ServiceDefinition = {
  ...identityService,
  build: (context) => IdentityModule.register(context, { alone: true }),
};
