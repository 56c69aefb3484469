import { encodeProblem } from '../openai/errors.js';
import type { Protocol } from '../protocol.js';
import { route } from './routes.js';

/** OpenAI's images, audio and moderations, and the rerank endpoint that compatible servers add; errors as of the chat protocol. */
export const openAiMediaProtocol: Protocol = {
  name: 'openai-media',
  route,
  encodeProblem,
  headers: (id) => ['x-request-id', `req_${id}`],
};
