import type { Protocol } from '../protocol.js';
import { routesOf } from '../route-table.js';
import { chat } from './decode-chat.js';
import { embed } from './embeddings.js';
import { listModels, showModel } from './models.js';
import { rerank } from './rerank.js';

/** A base URL that ends with it makes clear whose `/v1/models` is meant. */
const PREFIX = '/cohere';
/** Sent by Cohere's own client. */
const CLIENT_HEADER = 'x-fern-sdk-name';
const MODELS_PATH = '/v1/models';

const routes = routesOf([
  ['POST', '/v2/chat', chat],
  ['POST', '/v2/embed', embed],
  ['POST', '/v2/rerank', rerank],
  ['GET', MODELS_PATH, listModels],
  ['GET', `${MODELS_PATH}/{id}`, showModel],
]);

/** Which path is which operation. */
export const route: Protocol['route'] = (method, path, headers) => {
  const prefixed = path.startsWith(`${PREFIX}/`);
  const own = prefixed ? path.slice(PREFIX.length) : path;
  if (own.startsWith(MODELS_PATH) && !prefixed && headers[CLIENT_HEADER] !== 'cohere-ai') return undefined;
  return own.startsWith('/v2/') || own.startsWith(MODELS_PATH) ? routes(method, own, headers) : undefined;
};
