import { encodeProblem } from '../openai/errors.js';
import type { Protocol } from '../protocol.js';
import { route } from './routes.js';

/** OpenAI's Responses API under `/v1/responses`; its errors are those of the chat protocol. */
export const openAiResponsesProtocol: Protocol = {
  name: 'openai-responses',
  route,
  encodeProblem,
  headers: (id) => ['x-request-id', `req_${id}`],
};
