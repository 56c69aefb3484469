import { usageFromOllama } from '@ao/pricing';
import { fieldsOf } from '../json-object.js';
import { mapUpstreamError } from '../openai/errors.js';
import { vectorsIn, type EmbeddingsCodec } from './codec.js';

/** `/api/embed` of Ollama. */
export const ollamaEmbeddings: EmbeddingsCodec = {
  encode: ({ model, texts, dimensions }) => ({
    model,
    input: texts,
    // Else a text that is too long would be cut in silence.
    truncate: false,
    ...(dimensions !== null && { dimensions }),
  }),
  decode: (answer) => ({ vectors: vectorsIn(fieldsOf(answer)['embeddings']), usage: usageFromOllama(answer) }),
  mapError: mapUpstreamError,
};
