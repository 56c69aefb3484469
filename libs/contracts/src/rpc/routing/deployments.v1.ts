import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { actor, id, modelName, nextCursor, page } from '../../fields.js';
import { deployment, deploymentExample } from '../../snapshots/routing-table.js';

const actorExample = { orgId: 'org_1', keyId: 'key_1', role: 'admin' as const };
const { id: _id, orgId: _orgId, source: _source, ...settable } = deployment.shape;

export const createDeploymentV1 = defineRpc({
  subject: 'rpc.routing.create-deployment.v1',
  owner: 'routing',
  request: z.object({ actor, ...settable }),
  response: z.object({ deployment }),
  example: {
    request: { actor: actorExample, modelGroup: 'gpt-4o', providerId: 'prv_1', model: 'gpt-4o' },
    response: { deployment: { ...deploymentExample, source: 'api' } },
  },
});

export const listDeploymentsV1 = defineRpc({
  subject: 'rpc.routing.list-deployments.v1',
  owner: 'routing',
  request: z.object({ actor, ...page, modelGroup: modelName.optional() }),
  response: z.object({ data: z.array(deployment), nextCursor }),
  example: { request: { actor: actorExample }, response: { data: [deploymentExample], nextCursor: null } },
});

export const deleteDeploymentV1 = defineRpc({
  subject: 'rpc.routing.delete-deployment.v1',
  owner: 'routing',
  request: z.object({ actor, deploymentId: id }),
  response: z.object({ deleted: z.literal(true) }),
  example: { request: { actor: actorExample, deploymentId: 'dep_1' }, response: { deleted: true } },
});
