import type { ClientProtocol, ProviderProtocol } from '../protocol.js';
import { SseScanner } from '../sse-scanner.js';
import { decodeAnswer } from './decode-answer.js';
import { decodeRequest } from './decode-request.js';
import { GeminiStreamDecoder } from './decode-stream.js';
import { encodeAnswer } from './encode-answer.js';
import { encodeRequest } from './encode-request.js';
import { GeminiStreamEncoder } from './encode-stream.js';
import { encodeError, mapError } from './errors.js';

export { decodeCountTokensRequest, encodeTokenCount } from './count-tokens.js';

/** Google's Gemini API (v1beta `generateContent`, streams with `alt=sse`), which Vertex AI speaks too, on both sides. */
export const gemini: ClientProtocol & ProviderProtocol = {
  name: 'gemini',
  endpoint: 'generateContent',
  streamContentType: 'text/event-stream; charset=utf-8',
  decodeRequest,
  encodeRequest,
  decodeAnswer,
  encodeAnswer,
  createScanner: () => new SseScanner(),
  createDecoder: () => new GeminiStreamDecoder(),
  createEncoder: (context) => new GeminiStreamEncoder(context),
  encodeError,
  mapError,
};
