import { LineScanner } from '../line-scanner.js';
import { mapUpstreamError } from '../openai/errors.js';
import type { ClientProtocol, ProviderProtocol } from '../protocol.js';
import { decodeAnswer } from './decode-answer.js';
import { decodeChatRequest, decodeGenerateRequest } from './decode-request.js';
import { OllamaStreamDecoder } from './decode-stream.js';
import { chatShape, encodeAnswer, generateShape } from './encode-answer.js';
import { encodeRequest } from './encode-request.js';
import { OllamaStreamEncoder } from './encode-stream.js';
import { encodeError } from './errors.js';

/** `/api/chat` of Ollama, on both sides. */
export const ollama: ClientProtocol & ProviderProtocol = {
  name: 'ollama',
  endpoint: 'chat',
  streamContentType: 'application/x-ndjson',
  decodeRequest: decodeChatRequest,
  encodeRequest,
  decodeAnswer,
  encodeAnswer: (answer, context) => encodeAnswer(answer, context, chatShape),
  createScanner: () => new LineScanner(),
  createDecoder: () => new OllamaStreamDecoder(),
  createEncoder: (context) => new OllamaStreamEncoder(context, chatShape),
  encodeError,
  mapError: mapUpstreamError,
};

/** `/api/generate` of Ollama, for clients that send a prompt. */
export const ollamaGenerate: ClientProtocol = {
  name: 'ollama',
  streamContentType: 'application/x-ndjson',
  decodeRequest: decodeGenerateRequest,
  encodeAnswer: (answer, context) => encodeAnswer(answer, context, generateShape),
  createEncoder: (context) => new OllamaStreamEncoder(context, generateShape),
  encodeError,
};
