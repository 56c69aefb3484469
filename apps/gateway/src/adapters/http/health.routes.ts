import type { FastifyInstance } from 'fastify';
import type { ModelState } from '../../application/model-state.js';
import type { Readiness } from '../../application/readiness.js';
import type { ProviderState } from '@ao/router';
import { setBaseHeaders } from './response-headers.js';

export interface HealthDependencies {
  readiness: Readiness;
  state: ModelState;
  version: string;
  /** Whether direct OpenAI is open and has a key. */
  directOpenAi: boolean;
  activeCalls: () => number;
}

/** `/live`: the process runs. `/ready`: its dependencies do. `/health`: which backends can answer (GW-023, GW-024). */
export function registerHealth(
  server: FastifyInstance,
  { readiness, state, version, directOpenAi, activeCalls }: HealthDependencies,
): void {
  server.get('/live', async (request, reply) => {
    setBaseHeaders(request, reply);
    return reply.send({ status: 'live' });
  });
  server.get('/ready', async (request, reply) => {
    const { ready, checks } = await readiness.check();
    setBaseHeaders(request, reply);
    return reply.status(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not_ready', checks });
  });
  server.get('/health', async (request, reply) => {
    const deployments = state.table.deploymentCount;
    const works = deployments > 0 || directOpenAi;
    setBaseHeaders(request, reply);
    return reply.status(works ? 200 : 503).send({
      status: works ? 'ready' : 'unavailable',
      version,
      checks: {
        claude_cli: 'disabled',
        anthropic_key: 'disabled',
        openai_passthrough: directOpenAi ? 'ok' : 'disabled',
        capacity: { active: activeCalls(), max: null },
        providers: describeProviders(state.table.publicProviders(), deployments),
      },
    });
  });
}

/** `status`: `none` without deployments, `degraded` while a provider fails its checks, else `ok`. */
function describeProviders(providers: ProviderState[], deployments: number): object {
  const healthy = providers.every((provider) => provider.healthy);
  return {
    status: deployments === 0 ? 'none' : healthy ? 'ok' : 'degraded',
    deployments,
    list: providers.map(({ name, healthy: works }) => ({ name, status: works ? 'healthy' : 'unhealthy' })),
  };
}
