import { encodeProblem } from '../openai/errors.js';
import type { Protocol } from '../protocol.js';
import { route } from './routes.js';

/** OpenAI's files and batches, kept in memory; errors as of the chat protocol. */
export const openAiFilesProtocol: Protocol = {
  name: 'openai-files',
  route,
  encodeProblem,
  headers: (id) => ['x-request-id', `req_${id}`],
};
