import type { Protocol } from '../protocol.js';
import { encodeProblem } from './errors.js';
import { answerHeaders } from './headers.js';
import { route } from './routes.js';

/** Anthropic's API: messages, the count of their tokens, and models under `/v1`. */
export const anthropicProtocol: Protocol = { name: 'anthropic', route, encodeProblem, headers: answerHeaders };
