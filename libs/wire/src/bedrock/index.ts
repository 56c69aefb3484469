import type { ProviderProtocol } from '../protocol.js';
import { decodeAnswer } from './decode-answer.js';
import { BedrockStreamDecoder } from './decode-stream.js';
import { encodeRequest } from './encode-request.js';
import { mapError } from './errors.js';
import { EventStreamScanner } from './event-stream.js';

/** Converse and ConverseStream of Amazon Bedrock. */
export const bedrock: ProviderProtocol = {
  name: 'bedrock',
  endpoint: 'converse',
  encodeRequest,
  decodeAnswer,
  createScanner: () => new EventStreamScanner(),
  createDecoder: () => new BedrockStreamDecoder(),
  mapError,
};
