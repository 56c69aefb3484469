import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@ao/runtime';
import { GovernanceModule } from './governance.module.js';

/** The audit chain; policies, guardrail settings and the prompt registry will live here too. */
export const governanceService: ServiceDefinition = {
  name: 'governance',
  migrationsDirectory: fileURLToPath(new URL('../../../prisma/governance/migrations', import.meta.url)),
  build: (context) => ({ module: GovernanceModule.register(context) }),
};
