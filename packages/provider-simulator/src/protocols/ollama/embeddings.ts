import { embeddingVector } from '../../answers/embedding-vector.js';
import { estimateTokens } from '../../answers/tokens.js';
import { optionalNumber } from '../openai/validate.js';
import type { Call, DecodedCall, RefusedCall } from '../protocol.js';
import { answerWith, jsonReply } from '../replies.js';
import { readNamed } from './decode-chat.js';
import { invalid } from './errors.js';
import { encodeUsage } from './usage.js';

const INPUTS_MAX = 2048;
const DIMENSIONS_MAX = 4096;
const DIMENSIONS_DEFAULT = 768;

/** `POST /api/embed`. */
export function embed(call: Call): DecodedCall | RefusedCall {
  const read = readNamed(call.body);
  if ('kind' in read) return read;
  const { input = [] } = read.fields;
  const texts: unknown[] = Array.isArray(input) ? input : [input];
  if (texts.length > INPUTS_MAX || !texts.every((text) => typeof text === 'string')) {
    return invalid(`input must be a string or a list of at most ${INPUTS_MAX} strings`);
  }
  const dimensions = optionalNumber(read.fields, 'dimensions') ?? DIMENSIONS_DEFAULT;
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > DIMENSIONS_MAX)
    return invalid('invalid dimensions');
  return answerWith(({ model, behaviour }) => {
    const counted = texts.reduce((sum, text) => sum + estimateTokens(text.length), 0);
    const inputTokens = behaviour.inputTokens ?? counted;
    const { total_duration, load_duration, prompt_eval_count } = encodeUsage(inputTokens, 0);
    const usage = behaviour.usage ? { total_duration, load_duration, prompt_eval_count } : {};
    const embeddings = texts.map((text) => Array.from(embeddingVector(text, dimensions)));
    return jsonReply({ model, embeddings, ...usage });
  }, read.model);
}
