import { embeddingVector } from '../../answers/embedding-vector.js';
import { estimateTokens } from '../../answers/tokens.js';
import { isFields, type Fields } from '../fields.js';
import { decodeSegment, jsonOperation } from '../json-operation.js';
import type { AnswerContext, Call, DecodedCall, Operation, RefusedCall } from '../protocol.js';
import { textOf } from './decode-chat.js';
import { inputMetadata } from './usage.js';
import { checkAccess, field, invalid } from './validate.js';

const DIMENSIONS_DEFAULT = 3072;
const DIMENSIONS_MAX = 4096;
/** Google's own limit. */
const REQUESTS_MAX = 100;

/** `POST …/models/{model}:embedContent`. */
export function embed(model: string): Operation {
  return (call) => answerEmbedding(call, model, [call.body], (vectors, usage) => ({ embedding: vectors[0], ...usage }));
}

/** `POST …/models/{model}:batchEmbedContents`: several of the same at once. */
export function batchEmbed(model: string): Operation {
  return (call) => {
    const requests: unknown = isFields(call.body) ? call.body['requests'] : undefined;
    if (!Array.isArray(requests) || requests.length === 0 || requests.length > REQUESTS_MAX) {
      return checkAccess(call) ?? invalid(`* BatchEmbedContentsRequest.requests: send 1 to ${REQUESTS_MAX} requests`);
    }
    return answerEmbedding(call, model, requests, (embeddings, usage) => ({ embeddings, ...usage }));
  };
}

interface Wanted {
  readonly text: string;
  readonly dimensions: number;
}

function readRequest(request: unknown): Wanted | RefusedCall {
  const content = isFields(request) ? request['content'] : undefined;
  const text = isFields(content) ? textOf(content) : '';
  if (text === '') return invalid('* EmbedContentRequest.content: content is empty');
  const dimensions = dimensionsOf(request as Fields) ?? DIMENSIONS_DEFAULT;
  return typeof dimensions === 'number' && dimensions >= 1 && dimensions <= DIMENSIONS_MAX
    ? { text, dimensions }
    : invalid(`* EmbedContentRequest.output_dimensionality: must be from 1 to ${DIMENSIONS_MAX}`);
}

/** Vertex AI nests the settings in a configuration. */
function dimensionsOf(request: Fields): unknown {
  const config = field(request, 'embedContentConfig');
  return field(isFields(config) ? config : request, 'outputDimensionality');
}

function answerEmbedding(
  call: Call,
  model: string,
  requests: readonly unknown[],
  shape: (vectors: object[], usage: object) => object,
): DecodedCall | RefusedCall {
  const refusal = checkAccess(call);
  if (refusal !== undefined) return refusal;
  const wanted: Wanted[] = [];
  for (const request of requests) {
    const read = readRequest(request);
    if ('kind' in read) return read;
    wanted.push(read);
  }
  return jsonOperation(decodeSegment(model), (context) => {
    const vectors = wanted.map(({ text, dimensions }) => ({ values: Array.from(embeddingVector(text, dimensions)) }));
    return shape(vectors, usageOf(wanted, context));
  });
}

function usageOf(wanted: readonly Wanted[], { behaviour }: AnswerContext): object {
  if (!behaviour.usage) return {};
  const tokens = wanted.reduce((sum, { text }) => sum + estimateTokens(text.length), 0);
  return { usageMetadata: inputMetadata(behaviour.inputTokens ?? tokens) };
}
