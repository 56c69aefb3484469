import type { ErrorBody } from '@ao/kernel';
import { addCost } from '../openai/add-cost.js';
import type { ClientProtocol } from '../protocol.js';
import { decodeRequest } from './decode-request.js';
import { encodeAnswer } from './encode-answer.js';
import { CompletionStreamEncoder } from './encode-stream.js';

export { encodeCompletionRequest, readCompletionRequest, type CompletionRequest } from './read-request.js';

/** OpenAI's legacy completions for providers that only hold conversations; elsewhere their bytes are forwarded. */
export const openAiCompletions: ClientProtocol = {
  name: 'openai-completions',
  streamContentType: 'text/event-stream; charset=utf-8',
  decodeRequest,
  encodeAnswer,
  withCost: (answer, costUsd) => addCost(Buffer.from(answer), costUsd).toString(),
  createEncoder: (context) => new CompletionStreamEncoder(context),
  encodeError: (_status: number, error: ErrorBody) => JSON.stringify(error),
};
