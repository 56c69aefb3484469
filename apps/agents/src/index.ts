import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@ao/runtime';
import { AgentsModule } from './agents.module.js';

export { agentsSettings } from './config.js';

/** Tasks, run in the background through the gateway. */
export const agentsService: ServiceDefinition = {
  name: 'agents',
  migrationsDirectory: fileURLToPath(new URL('../../../prisma/agents/migrations', import.meta.url)),
  build: (context) => AgentsModule.register(context),
};
