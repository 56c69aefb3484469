import { mapUpstreamError } from '../openai/errors.js';
import type { ProviderProtocol } from '../protocol.js';
import { SseScanner } from '../sse-scanner.js';
import { decodeAnswer } from './decode-answer.js';
import { CohereStreamDecoder } from './decode-stream.js';
import { encodeRequest } from './encode-request.js';

/** `/v2/chat` of Cohere; its `{"message"}` errors are near enough to OpenAI's to be read by the same reader. */
export const cohere: ProviderProtocol = {
  name: 'cohere',
  endpoint: 'chat',
  encodeRequest,
  decodeAnswer,
  createScanner: () => new SseScanner(),
  createDecoder: () => new CohereStreamDecoder(),
  mapError: mapUpstreamError,
};
