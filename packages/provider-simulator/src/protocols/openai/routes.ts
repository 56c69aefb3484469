import type { Operation } from '../protocol.js';
import { chat } from './decode-chat.js';
import { complete } from './completions.js';
import { embed } from './embeddings.js';
import { listModels, showModel } from './models.js';

const ROUTES = new Map<string, readonly [method: string, operation: Operation]>([
  ['/v1/chat/completions', ['POST', chat]],
  ['/v1/completions', ['POST', complete]],
  ['/v1/embeddings', ['POST', embed]],
  ['/v1/models', ['GET', listModels]],
]);
const ONE_MODEL_PREFIX = '/v1/models/';

export function route(method: string, path: string): Operation | 'wrong_method' | undefined {
  const found = ROUTES.get(path) ?? (path.startsWith(ONE_MODEL_PREFIX) ? (['GET', showModel] as const) : undefined);
  if (found === undefined) return undefined;
  return found[0] === method ? found[1] : 'wrong_method';
}
