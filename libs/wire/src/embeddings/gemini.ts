import { usageFromGemini } from '@ao/pricing';
import { mapError } from '../gemini/errors.js';
import { fieldsOf, objectsOf } from '../json-object.js';
import { vectorsIn, type EmbeddingsCodec } from './codec.js';

/** `:batchEmbedContents` of the Gemini API; usage is told by some of its models only. */
export const geminiEmbeddings: EmbeddingsCodec = {
  encode: ({ model, texts, dimensions, purpose }) => ({
    requests: texts.map((text) => ({
      model: model.startsWith('models/') ? model : `models/${model}`,
      content: { parts: [{ text }] },
      ...(purpose !== null && { taskType: purpose }),
      ...(dimensions !== null && { outputDimensionality: dimensions }),
    })),
  }),
  decode(answer) {
    const { embeddings, usageMetadata } = fieldsOf(answer);
    return {
      vectors: vectorsIn(objectsOf(embeddings).map(({ values }) => values)),
      usage: usageFromGemini(usageMetadata),
    };
  },
  mapError,
};
