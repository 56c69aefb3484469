import { CLOSE_BRACKET, LOWER_N, NINE, OPEN_BRACKET, QUOTE, ZERO } from '../bytes.js';
import { readItems, type ByteRange, type LocatedFields } from '../json-fields.js';
import { skipSpace, skipString, skipValue } from '../json-scan.js';
import { wishCuts } from './cut-wishes.js';
import { readWishes, type RequestWishes } from './wishes.js';
import { invalid, missing, optionalString, requestFields, requiredModel } from './request-fields.js';

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
  readonly wishes: RequestWishes;
  /** What no provider is to hear. */
  readonly cuts: readonly ByteRange[];
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
  const input = { count: 0, textBytes: 0, tokens: 0 };
  const fields = requestFields(body, (key, start) =>
    key === 'input' && body[start] !== LOWER_N ? readInput(body, start, input) : null,
  );
  const model = requiredModel(body, fields, limits.modelLengthMax);
  if (input.count === 0) throw missing('input', 'the text to embed');
  if (limits.inputsMax !== null && input.count > limits.inputsMax) {
    throw invalid('input', `must have at most ${limits.inputsMax} items`);
  }
  const user = optionalString(body, fields, 'user');
  return { body, fields, model, user, input, wishes: readWishes(body, fields, model), cuts: wishCuts(body, fields) };
}

type Tally = { -readonly [Key in keyof EmbeddingsInput]: EmbeddingsInput[Key] };

/** Index after the input that starts at `start`, or MALFORMED. */
function readInput(body: Buffer, start: number, input: Tally): number {
  if (body[start] === QUOTE) return readText(body, start, 'input', input);
  if (body[start] !== OPEN_BRACKET) throw badInput();
  const first = body[skipSpace(body, start + 1)];
  // Tokens: one input, spelled as numbers.
  if (first !== QUOTE && first !== OPEN_BRACKET && first !== CLOSE_BRACKET)
    return readTokens(body, start, 'input', input);
  return readItems(body, start, (at, index) => {
    if (body[at] !== first) throw badInput();
    const read = first === QUOTE ? readText : readTokens;
    return read(body, at, `input[${index}]`, input);
  });
}

function readText(body: Buffer, start: number, param: string, input: Tally): number {
  const end = skipString(body, start);
  if (end - start === 2) throw missing(param, 'the text to embed');
  input.count += 1;
  input.textBytes += end - start - 2;
  return end;
}

function readTokens(body: Buffer, start: number, param: string, input: Tally): number {
  let tokens = 0;
  const end = readItems(body, start, (at) => {
    tokens += 1;
    return skipWholeNumber(body, at);
  });
  if (tokens === 0) throw missing(param, 'the tokens to embed');
  input.count += 1;
  input.tokens += tokens;
  return end;
}

function skipWholeNumber(body: Buffer, start: number): number {
  const end = skipValue(body, start);
  for (let at = start; at < end; at += 1) {
    if (body[at]! < ZERO || body[at]! > NINE) throw badInput();
  }
  return end;
}

function badInput() {
  return invalid('input', 'must be a string, an array of strings, an array of tokens, or an array of arrays of tokens');
}
