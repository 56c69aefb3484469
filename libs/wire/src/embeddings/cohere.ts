import { usageFromCohere } from '@ao/pricing';
import { fieldsOf } from '../json-object.js';
import { mapUpstreamError } from '../openai/errors.js';
import { vectorsIn, type EmbeddingsCodec } from './codec.js';

/** Cohere insists on a purpose; vectors that are kept are the usual one. */
const PURPOSE = 'search_document';

/** `/v2/embed` of Cohere. */
export const cohereEmbeddings: EmbeddingsCodec = {
  encode: ({ model, texts, dimensions, purpose }) => ({
    model,
    texts,
    input_type: purpose ?? PURPOSE,
    embedding_types: ['float'],
    ...(dimensions !== null && { output_dimension: dimensions }),
  }),
  decode(answer) {
    const { embeddings, meta } = fieldsOf(answer);
    return { vectors: vectorsIn(fieldsOf(embeddings)['float']), usage: usageFromCohere(meta) };
  },
  mapError: mapUpstreamError,
};
