import type { FastifyInstance } from 'fastify';
import { AppError } from '@ao/kernel';
import type { Authenticate } from '../../application/authenticate.js';
import type { ModelState } from '../../application/model-state.js';
import { callerKey } from './caller-key.js';
import { setBaseHeaders } from './response-headers.js';

/** `GET /v1/models` in OpenAI's shape: what this caller may use, hidden aliases left out (GW-008). */
export function registerModels(server: FastifyInstance, authenticate: Authenticate, state: ModelState): void {
  const list = (authorization: string | undefined) =>
    Promise.resolve(authenticate.execute(authorization)).then((principal) =>
      state.table
        .visibleModels(principal)
        .map(({ id, ownedBy }) => ({ id, object: 'model', created: 0, owned_by: ownedBy })),
    );
  server.get('/v1/models', async (request, reply) => {
    const data = await list(callerKey(request));
    setBaseHeaders(request, reply);
    return reply.send({ object: 'list', data });
  });
  server.get<{ Params: { '*': string } }>('/v1/models/*', async (request, reply) => {
    const wanted = request.params['*'];
    const model = (await list(callerKey(request))).find(({ id }) => id === wanted);
    if (!model)
      throw new AppError(
        'not_found',
        `There is no model ${JSON.stringify(wanted.slice(0, 80))} for this key. See GET /v1/models.`,
        { param: 'model' },
      );
    setBaseHeaders(request, reply);
    return reply.send(model);
  });
}
