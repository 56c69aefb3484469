import { usageFromOpenAi } from '@ao/pricing';
import { mapUpstreamError } from '../openai/errors.js';
import { usageFromBody } from '../openai/usage.js';
import { readCompletion } from '../openai/decode-response.js';
import type { Exchange, WholeAnswer } from './exchange.js';

/** Embeddings in OpenAI's protocol on both sides. */
export function forwardEmbeddings(body: Buffer): Exchange {
  return {
    endpoint: 'embeddings',
    body,
    dropped: [],
    readAnswer,
    openStream: () => {
      throw new TypeError('embeddings are not streamed');
    },
    mapError: mapUpstreamError,
  };
}

function readAnswer(body: Buffer): WholeAnswer | null {
  // Megabytes of numbers: only the usage at their end is read, unless it is not there.
  const usage: unknown = usageFromBody(body);
  if (usage === null && readCompletion(body) === null) return null;
  return {
    body,
    contentType: 'application/json',
    finishReason: null,
    usage: usageFromOpenAi(usage),
    serviceTier: null,
    text: () => '',
    withCost: () => body,
  };
}
