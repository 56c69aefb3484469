import type { ErrorBody } from '@ao/kernel';
import { mapUpstreamError } from '../openai/errors.js';
import type { ClientProtocol, ProviderProtocol } from '../protocol.js';
import { SseScanner } from '../sse-scanner.js';
import { decodeAnswer } from './decode-answer.js';
import { decodeRequest } from './decode-request.js';
import { ResponsesStreamDecoder } from './decode-stream.js';
import { encodeAnswer } from './encode-answer.js';
import { encodeRequest } from './encode-request.js';
import { ResponsesStreamEncoder } from './encode-stream.js';

/** OpenAI's Responses API, on both sides. */
export const openAiResponses: ClientProtocol & ProviderProtocol = {
  name: 'openai-responses',
  endpoint: 'responses',
  streamContentType: 'text/event-stream; charset=utf-8',
  decodeRequest,
  encodeRequest,
  decodeAnswer,
  encodeAnswer,
  createScanner: () => new SseScanner(),
  createDecoder: () => new ResponsesStreamDecoder(),
  createEncoder: (context) => new ResponsesStreamEncoder(context),
  encodeError: (_status: number, error: ErrorBody) => JSON.stringify(error),
  mapError: mapUpstreamError,
};
