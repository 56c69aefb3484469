import { embeddingVector } from '../../answers/embedding-vector.js';
import { estimateTokens } from '../../answers/tokens.js';
import { isFields, type Fields } from '../fields.js';
import { checkInteger, invalidValue, missing, optionalNumber, readModel, wrongType } from '../openai/validate.js';
import type { AnswerContext, Call, DecodedCall, RefusedCall, Reply } from '../protocol.js';
import { answerWith, jsonReply } from '../replies.js';

/** Cohere's own limit. */
const INPUTS_MAX = 96;
const DIMENSIONS_MAX = 1536;
const DIMENSIONS_DEFAULT = 1536;

/** The forms of a vector; the packed ones hold a bit for the sign of each number. */
const ENCODINGS: Readonly<Record<string, (vector: Float32Array) => number[] | string>> = {
  float: (vector) => Array.from(vector),
  int8: (vector) => Array.from(vector, (value) => Math.round(value * 127)),
  uint8: (vector) => Array.from(vector, (value) => Math.round(value * 127) + 128),
  binary: (vector) => packSigns(vector).map((byte) => byte - 128),
  ubinary: packSigns,
  base64: (vector) => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64'),
};

function packSigns(vector: Float32Array): number[] {
  const bytes: number[] = Array.from({ length: Math.ceil(vector.length / 8) }, () => 0);
  for (const [index, value] of vector.entries()) if (value > 0) bytes[index >> 3]! |= 0x80 >> (index & 7);
  return bytes;
}

/** `POST /v2/embed`. */
export function embed(call: Call): DecodedCall | RefusedCall {
  const read = readModel(call.body);
  if (read.kind === 'refused') return read;
  const { fields, model } = read;
  if (fields['input_type'] === undefined) return missing('input_type');
  const refusal = checkInteger(fields, 'output_dimension', 1, DIMENSIONS_MAX);
  if (refusal !== undefined) return refusal;
  const types = fields['embedding_types'] ?? ['float'];
  if (!Array.isArray(types) || !types.every((type) => String(type) in ENCODINGS)) {
    return invalidValue('embedding_types', `expected some of ${Object.keys(ENCODINGS).join(', ')}.`);
  }
  const texts = textsOf(fields);
  if (!Array.isArray(texts)) return texts;
  return answerWith((context) => encode(texts, types.map(String), fields, context), model);
}

/** One text for each input; an image stands for itself, written out. */
function textsOf(fields: Fields): string[] | RefusedCall {
  const inputs = fields['texts'] ?? fields['images'] ?? fields['inputs'];
  if (inputs === undefined) return missing('texts');
  if (!Array.isArray(inputs)) return wrongType('texts', 'a list', inputs);
  if (inputs.length === 0 || inputs.length > INPUTS_MAX) {
    return invalidValue('texts', `expected 1 to ${INPUTS_MAX} elements.`);
  }
  return inputs.map((input: unknown) =>
    typeof input === 'string' ? input : JSON.stringify(isFields(input) ? input['content'] : input),
  );
}

function encode(texts: readonly string[], types: readonly string[], fields: Fields, context: AnswerContext): Reply {
  const dimensions = optionalNumber(fields, 'output_dimension') ?? DIMENSIONS_DEFAULT;
  const vectors = texts.map((text) => embeddingVector(text, dimensions));
  const embeddings = Object.fromEntries(types.map((type) => [type, vectors.map((vector) => ENCODINGS[type]!(vector))]));
  const counted = texts.reduce((sum, text) => sum + estimateTokens(text.length), 0);
  const billed = context.behaviour.usage
    ? { billed_units: { input_tokens: context.behaviour.inputTokens ?? counted } }
    : {};
  return jsonReply({
    id: context.id,
    embeddings,
    texts: fields['texts'] ?? [],
    response_type: 'embeddings_by_type',
    meta: { api_version: { version: '2' }, ...billed },
  });
}
