import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '@ao/kernel';
import { gemini, ollama } from '@ao/wire';
import type { Authenticate } from '../../application/authenticate.js';
import type { ModelState } from '../../application/model-state.js';
import { callerKey } from './caller-key.js';
import { setBaseHeaders } from './response-headers.js';

interface VisibleModel {
  id: string;
  ownedBy: string;
}

/** A moment for models of which nobody knows when they were made. */
const UNKNOWN_TIME = '1970-01-01T00:00:00Z';

/** What this caller may use, hidden aliases left out (GW-008), in the shape of each protocol's own list. */
export function registerModels(server: FastifyInstance, authenticate: Authenticate, state: ModelState): void {
  const list = async (request: FastifyRequest): Promise<VisibleModel[]> =>
    state.table.visibleModels(await authenticate.execute(callerKey(request), request.ip));
  const send = (request: FastifyRequest, reply: FastifyReply, body: object): FastifyReply => {
    setBaseHeaders(request, reply);
    return reply.send(body);
  };
  server.get('/v1/models', async (request, reply) => {
    const models = await list(request);
    return send(request, reply, isAnthropic(request) ? anthropicList(models) : openAiList(models));
  });
  server.get<{ Params: { '*': string } }>('/v1/models/*', async (request, reply) => {
    const wanted = request.params['*'];
    const model = (await list(request)).find(({ id }) => id === wanted);
    if (!model)
      throw new AppError(
        'not_found',
        `There is no model ${JSON.stringify(wanted.slice(0, 80))} for this key. See GET /v1/models.`,
        { param: 'model' },
      );
    return send(request, reply, isAnthropic(request) ? anthropicModel(model) : openAiModel(model));
  });
  server.get('/v1beta/models', { config: { protocol: gemini } }, async (request, reply) =>
    send(request, reply, geminiList(await list(request))),
  );
  server.get('/api/tags', { config: { protocol: ollama } }, async (request, reply) =>
    send(request, reply, ollamaList(await list(request))),
  );
}

/** OpenAI's and Anthropic's clients ask at the same place; the latter always say which version of their API they speak. */
const isAnthropic = (request: FastifyRequest): boolean => request.headers['anthropic-version'] !== undefined;

const openAiModel = ({ id, ownedBy }: VisibleModel): object => ({ id, object: 'model', created: 0, owned_by: ownedBy });
const openAiList = (models: VisibleModel[]): object => ({ object: 'list', data: models.map(openAiModel) });

const anthropicModel = ({ id }: VisibleModel): object => ({
  type: 'model',
  id,
  display_name: id,
  created_at: UNKNOWN_TIME,
});
const anthropicList = (models: VisibleModel[]): object => ({
  data: models.map(anthropicModel),
  has_more: false,
  first_id: models[0]?.id ?? null,
  last_id: models.at(-1)?.id ?? null,
});

const geminiList = (models: VisibleModel[]): object => ({
  models: models.map(({ id }) => ({
    name: `models/${id}`,
    displayName: id,
    supportedGenerationMethods: ['generateContent', 'streamGenerateContent', 'countTokens'],
  })),
});

const ollamaList = (models: VisibleModel[]): object => ({
  models: models.map(({ id }) => ({
    name: id,
    model: id,
    modified_at: UNKNOWN_TIME,
    size: 0,
    digest: '',
    details: { format: '', family: '', families: null, parameter_size: '', quantization_level: '' },
  })),
});
