import { embeddingVector } from '../../answers/embedding-vector.js';
import { estimateTokens } from '../../answers/tokens.js';
import type { AnswerContext, Call, DecodedCall, RefusedCall, Reply } from '../protocol.js';
import { checkInteger, invalidValue, missing, optionalNumber, readModel, wrongType, type Fields } from './validate.js';

/** OpenAI's own limit. */
const INPUTS_MAX = 2048;
const DIMENSIONS_MAX = 4096;
const DIMENSIONS_DEFAULT = 1536;
/** Native sizes other than the default, so that a known name gives what its users expect. */
const DIMENSIONS_BY_MODEL: Readonly<Record<string, number>> = { 'text-embedding-3-large': 3072 };

/** `POST /v1/embeddings`. */
export function embed(call: Call): DecodedCall | RefusedCall {
  const read = readModel(call.body);
  if (read.kind === 'refused') return read;
  const { fields, model } = read;
  const refusal = checkInteger(fields, 'dimensions', 1, DIMENSIONS_MAX) ?? checkFormat(fields['encoding_format']);
  if (refusal !== undefined) return refusal;
  const inputs = readInputs(fields);
  if (!Array.isArray(inputs)) return inputs;
  return { kind: 'decoded', model, answer: (context) => encode(inputs, fields, context) };
}

function checkFormat(format: unknown): RefusedCall | undefined {
  if (format === undefined || format === null || format === 'float' || format === 'base64') return undefined;
  return invalidValue('encoding_format', "expected 'float' or 'base64'.");
}

/** One text per vector; token arrays stand for themselves, written out. */
function readInputs(fields: Fields): string[] | RefusedCall {
  const { input } = fields;
  if (input === undefined || input === null) return missing('input');
  if (typeof input !== 'string' && !Array.isArray(input)) return wrongType('input', 'a string or an array', input);
  const isTokenList = Array.isArray(input) && input.length > 0 && input.every((item) => typeof item === 'number');
  const items: unknown[] = Array.isArray(input) && !isTokenList ? input : [input];
  if (items.length === 0) return invalidValue('input', 'empty array. Expected at least one input.', 'empty_array');
  if (items.length > INPUTS_MAX)
    return invalidValue('input', `array too long. Expected at most ${INPUTS_MAX} elements.`);
  const texts: string[] = [];
  for (const [index, item] of items.entries()) {
    if (item === '') return invalidValue('input', 'input cannot be an empty string.');
    if (typeof item === 'string') texts.push(item);
    else if (Array.isArray(item) && item.length > 0) texts.push(item.join(' '));
    else return wrongType(`input[${index}]`, 'a string or an array of integers', item);
  }
  return texts;
}

function encode(inputs: readonly string[], fields: Fields, context: AnswerContext): Reply {
  const { model, behaviour } = context;
  const dimensions = optionalNumber(fields, 'dimensions') ?? DIMENSIONS_BY_MODEL[model] ?? DIMENSIONS_DEFAULT;
  const data = inputs.map((text, index) => {
    const vector = embeddingVector(text, dimensions);
    const embedding = fields['encoding_format'] === 'base64' ? toBase64(vector) : Array.from(vector);
    return { object: 'embedding', index, embedding };
  });
  const tokens = behaviour.inputTokens ?? inputs.reduce((sum, text) => sum + estimateTokens(text.length), 0);
  const usage = behaviour.usage ? { prompt_tokens: tokens, total_tokens: tokens } : undefined;
  const body = JSON.stringify({ object: 'list', data, model, usage });
  return { kind: 'whole', status: 200, contentType: 'application/json', body };
}

/** 32-bit floats, little-endian, as OpenAI's official clients ask for by default. */
function toBase64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * 4));
  return bytes.toString('base64');
}
