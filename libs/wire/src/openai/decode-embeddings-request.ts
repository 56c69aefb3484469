import { OPEN_BRACKET, QUOTE } from '../bytes.js';
import { visitItems, type ByteRange, type LocatedFields } from '../json-fields.js';
import { skipValue } from '../json-scan.js';
import { given, invalid, missing, optionalString, requestFields, requiredModel } from './request-fields.js';

/** What is to be embedded, without its text having been decoded. */
export interface EmbeddingsInput {
  /** Vectors that will come back. */
  readonly count: number;
  /** Bytes of the texts as JSON spells them: never fewer than their tokens. */
  readonly textBytes: number;
  /** Tokens sent as numbers, which need no counting. */
  readonly tokens: number;
}

export interface EmbeddingsRequest {
  readonly body: Buffer;
  readonly fields: LocatedFields;
  readonly model: string;
  readonly user: string | null;
  readonly input: EmbeddingsInput;
}

export interface EmbeddingsRequestLimits {
  readonly modelLengthMax: number;
  /** Texts in one request. */
  readonly inputsMax: number | null;
}

/**
 * Reads and checks the body of `POST /v1/embeddings`: `input` is a text, texts, tokens, or arrays of tokens.
 * Throws AppError: `invalid_json`; `missing_required_parameter` and `invalid_parameter` with `param`.
 */
export function parseEmbeddingsRequest(body: Buffer, limits: EmbeddingsRequestLimits): EmbeddingsRequest {
  const fields = requestFields(body);
  const model = requiredModel(body, fields, limits.modelLengthMax);
  const range = given(body, fields, 'input');
  if (range === null) throw missing('input', 'the text to embed');
  const input = readInput(body, range);
  if (limits.inputsMax !== null && input.count > limits.inputsMax) {
    throw invalid('input', `must have at most ${limits.inputsMax} items`);
  }
  return { body, fields, model, user: optionalString(body, fields, 'user'), input };
}

function readInput(body: Buffer, range: ByteRange): EmbeddingsInput {
  if (body[range.start] === QUOTE)
    return { count: 1, textBytes: textBytes(range.start, range.end, 'input'), tokens: 0 };
  if (body[range.start] !== OPEN_BRACKET) throw badInput();
  const total = { texts: 0, textBytes: 0, lists: 0, tokens: 0 };
  let isTokenList = false;
  visitItems(body, range.start, (start, end, index) => {
    if (body[start] === QUOTE) {
      total.texts += 1;
      total.textBytes += textBytes(start, end, `input[${index}]`);
    } else if (body[start] === OPEN_BRACKET) {
      total.lists += 1;
      total.tokens += tokensIn(body, start, `input[${index}]`);
    } else {
      isTokenList = true;
      return false;
    }
    return true;
  });
  if (isTokenList && total.texts + total.lists === 0) {
    return { count: 1, textBytes: 0, tokens: tokensIn(body, range.start, 'input') };
  }
  if (isTokenList || (total.texts > 0 && total.lists > 0)) throw badInput();
  const count = total.texts + total.lists;
  if (count === 0) throw missing('input', 'the text to embed');
  return { count, textBytes: total.textBytes, tokens: total.tokens };
}

function textBytes(start: number, end: number, param: string): number {
  if (end - start === 2) throw missing(param, 'the text to embed');
  return end - start - 2;
}

function tokensIn(body: Buffer, start: number, param: string): number {
  const tokens = visitItems(body, start, (at) => {
    if (!isWholeNumber(body, at)) throw badInput();
  });
  if (tokens === 0) throw missing(param, 'the tokens to embed');
  return tokens;
}

function isWholeNumber(body: Buffer, start: number): boolean {
  const end = skipValue(body, start);
  for (let at = start; at < end; at += 1) {
    if (body[at]! < 0x30 || body[at]! > 0x39) return false;
  }
  return true;
}

function badInput() {
  return invalid('input', 'must be a string, an array of strings, an array of tokens, or an array of arrays of tokens');
}
