import { routesOf } from '../route-table.js';
import { chat, generate } from './decode-chat.js';
import { embed } from './embeddings.js';
import { listLoadedModels, listModels, pullModel, showModel, showVersion } from './models.js';

/** Which path is which operation. */
export const route = routesOf([
  ['POST', '/api/chat', chat],
  ['POST', '/api/generate', generate],
  ['POST', '/api/embed', embed],
  ['GET', '/api/tags', listModels],
  ['GET', '/api/ps', listLoadedModels],
  ['POST', '/api/show', showModel],
  ['POST', '/api/pull', pullModel],
  ['GET', '/api/version', showVersion],
]);
