import type { Protocol } from '../protocol.js';
import { encodeProblem } from './errors.js';
import { route } from './routes.js';

/** Google's API of Gemini, and the same operations under the paths of Vertex AI. */
export const geminiProtocol: Protocol = { name: 'gemini', route, encodeProblem, headers: () => [] };
