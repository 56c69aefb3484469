import type { ErrorBody } from '@ao/kernel';
import { addCost } from '../openai/add-cost.js';
import { mapUpstreamError } from '../openai/errors.js';
import type { ClientProtocol, ProviderProtocol } from '../protocol.js';
import { SseScanner } from '../sse-scanner.js';
import { decodeAnswer } from './decode-answer.js';
import { decodeRequest } from './decode-request.js';
import { ChatStreamDecoder } from './decode-stream.js';
import { encodeAnswer } from './encode-answer.js';
import { encodeRequest } from './encode-request.js';
import { ChatStreamEncoder } from './encode-stream.js';

/** OpenAI's chat completions, on both sides; `../openai` reads the same bytes without parsing them. */
export const openAiChat: ClientProtocol & ProviderProtocol = {
  name: 'openai-chat',
  endpoint: 'chat/completions',
  streamContentType: 'text/event-stream; charset=utf-8',
  decodeRequest,
  encodeRequest,
  decodeAnswer,
  encodeAnswer,
  withCost: (answer, costUsd) => addCost(Buffer.from(answer), costUsd).toString(),
  createScanner: () => new SseScanner(),
  createDecoder: () => new ChatStreamDecoder(),
  createEncoder: (context) => new ChatStreamEncoder(context),
  encodeError: (_status: number, error: ErrorBody) => JSON.stringify(error),
  mapError: mapUpstreamError,
};
