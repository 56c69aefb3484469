import type { ClientProtocol, ProviderProtocol } from '../protocol.js';
import { SseScanner } from '../sse-scanner.js';
import { decodeAnswer } from './decode-answer.js';
import { decodeRequest } from './decode-request.js';
import { AnthropicStreamDecoder } from './decode-stream.js';
import { encodeAnswer } from './encode-answer.js';
import { encodeRequest } from './encode-request.js';
import { AnthropicStreamEncoder } from './encode-stream.js';
import { encodeError, mapError } from './errors.js';

/** Anthropic's Messages API, version 2023-06-01, on both sides. */
export const anthropic: ClientProtocol & ProviderProtocol = {
  name: 'anthropic',
  endpoint: 'messages',
  streamContentType: 'text/event-stream; charset=utf-8',
  decodeRequest,
  encodeRequest,
  decodeAnswer,
  encodeAnswer,
  createScanner: () => new SseScanner(),
  createDecoder: () => new AnthropicStreamDecoder(),
  createEncoder: (context) => new AnthropicStreamEncoder(context),
  encodeError,
  mapError,
};
