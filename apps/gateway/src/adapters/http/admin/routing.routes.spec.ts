import { createDeploymentV1, deployment } from '@ao/contracts';
import type { AdminRoute } from './admin-routes.js';
import { routingRoutes } from './routing.routes.js';

type AdminCall = Parameters<AdminRoute['toRequest']>[0];

const actor = { orgId: 'org_1', keyId: 'key_1', role: 'admin' };
const route = routingRoutes.find(({ method, path }) => method === 'POST' && path === '/v1/deployments')!;
const asked = async (fields: object): Promise<object> => {
  const call = { actor, body: Buffer.from(JSON.stringify(fields)) } as unknown as AdminCall;
  return createDeploymentV1.request.parse(await route.toRequest(call));
};

const plain = { model_group: 'chat', provider_id: 'prv_1', model: 'acme-chat' };
const full = {
  ...plain,
  region: 'eu-west1',
  tags: ['fast'],
  weight: 3,
  priority: 2,
  requests_per_minute_max: 60,
  tokens_per_minute_max: 9_000,
  concurrency_max: 4,
  retries_max: 0,
  timeout_ms: 30_000,
  first_token_ms: 2_000,
  stall_ms: 1_000,
  continues_answers: false,
  enabled: false,
};

describe('POST /v1/deployments', () => {
  it('takes every setting of a deployment, and shows it under the same name', async () => {
    const { actor: _actor, ...settled } = (await asked(full)) as { actor: unknown };
    const made = deployment.parse({ ...settled, id: 'dep_1', orgId: 'org_1', source: 'api' });
    expect(route.toBody({ deployment: made }, {} as AdminCall)).toEqual({
      ...full,
      id: 'dep_1',
      org_id: 'org_1',
      source: 'api',
    });
  });

  it('leaves to the group and the provider what it is not told', async () => {
    const { request } = createDeploymentV1;
    expect(await asked(plain)).toEqual(
      request.parse({ actor, modelGroup: 'chat', providerId: 'prv_1', model: 'acme-chat' }),
    );
  });

  it.each([
    { retries_max: 11 },
    { concurrency_max: 0 },
    { timeout_ms: 0 },
    { stall_ms: 7_200_001 },
    { first_token_ms: 0 },
  ])('refuses %j', async (wrong) => {
    await expect(asked({ ...plain, ...wrong })).rejects.toMatchObject({
      code: 'invalid_parameter',
      param: Object.keys(wrong)[0],
    });
  });
});
