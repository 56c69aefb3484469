import type { Protocol } from '../protocol.js';
import { encodeProblem } from './errors.js';
import { route } from './routes.js';

/** OpenAI's API: chat completions, completions, embeddings and models under `/v1`. */
export const openAiProtocol: Protocol = {
  name: 'openai',
  route,
  encodeProblem,
  headers: (id) => ['x-request-id', `req_${id}`],
};
