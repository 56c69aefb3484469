import type { IncomingHttpHeaders } from 'node:http';
import type { Operation } from '../protocol.js';
import { countTokens } from './count-tokens.js';
import { chat } from './decode-chat.js';
import { listModels, showModel } from './models.js';

const POSTED = new Map<string, Operation>([
  ['/v1/messages', chat],
  ['/v1/messages/count_tokens', countTokens],
]);

/** Paths under `/v1/models` are OpenAI's too: theirs are the requests without a version of this API. */
export function route(
  method: string,
  path: string,
  headers: IncomingHttpHeaders,
): Operation | 'wrong_method' | undefined {
  const posted = POSTED.get(path);
  if (posted !== undefined) return method === 'POST' ? posted : 'wrong_method';
  if (headers['anthropic-version'] === undefined) return undefined;
  if (path !== '/v1/models' && !path.startsWith('/v1/models/')) return undefined;
  if (method !== 'GET') return 'wrong_method';
  return path === '/v1/models' ? listModels : showModel;
}
