import type { Protocol } from '../protocol.js';
import { encodeProblem } from './errors.js';
import { route } from './routes.js';

/** Ollama's own API under `/api`; streams are lines of JSON. */
export const ollamaProtocol: Protocol = { name: 'ollama', route, encodeProblem, headers: () => [] };
