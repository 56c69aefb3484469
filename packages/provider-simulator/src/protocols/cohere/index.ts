import type { Protocol } from '../protocol.js';
import { encodeProblem } from './errors.js';
import { route } from './routes.js';

/** Cohere's API: chat, embed and rerank under `/v2`, models under `/v1`. */
export const cohereProtocol: Protocol = {
  name: 'cohere',
  route,
  encodeProblem,
  headers: (id) => ['x-debug-trace-id', id],
};
