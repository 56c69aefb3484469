import type { RequestObject } from '../json-object.js';
import type { NewFieldValue } from '../json-fields.js';
import { forProvider } from '../openai/cut-wishes.js';
import { readObject } from '../openai/read-object.js';

/** A text, or one that is spelled in tokens. */
type Prompt = string | readonly number[];

/** What the platform must know of a legacy completion. */
export interface CompletionRequest {
  readonly body: Buffer;
  readonly json: Readonly<Record<string, unknown>>;
  readonly model: string;
  readonly prompts: readonly Prompt[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly maxOutputTokens: number | null;
  /** Answers that are generated and billed, all prompts together. */
  readonly choices: number;
  readonly user: string | null;
  /** Parameters that the provider has no word for are left out. */
  readonly dropParams: boolean;
}

const OUTPUT_TOKENS_MAX = 1_000_000_000;
const CHOICES_MAX = 128;

/**
 * Reads the body of `POST /v1/completions`: `prompt` is a text, texts, tokens, or arrays of tokens.
 * @throws AppError `invalid_json`, `missing_required_parameter`, `invalid_parameter`.
 */
export function readCompletionRequest(body: Buffer): CompletionRequest {
  const request = readObject(body);
  const model = request.string('model');
  const prompts = readPrompts(request);
  const answers = request.optionalInteger('n', 1, CHOICES_MAX) ?? 1;
  // The best of several is shown, but all of them are generated.
  const candidates = request.optionalInteger('best_of', 0, CHOICES_MAX) ?? 1;
  return {
    body,
    json: request.json,
    model,
    prompts,
    stream: request.optionalBoolean('stream') ?? false,
    includeUsage: request.optionalObject('stream_options')?.optionalBoolean('include_usage') ?? false,
    maxOutputTokens: request.optionalInteger('max_tokens', 0, OUTPUT_TOKENS_MAX),
    choices: Math.max(answers, candidates) * prompts.length,
    user: request.optionalString('user'),
    dropParams: request.optionalBoolean('drop_params') ?? false,
  };
}

/** The client's own bytes, with the model as the provider names it, and with usage asked for in streams. */
export function encodeCompletionRequest(
  request: CompletionRequest,
  { model, asksForUsage }: { readonly model: string; readonly asksForUsage: boolean },
): Buffer {
  const { json, stream, includeUsage } = request;
  const values: Record<string, NewFieldValue | undefined> = {};
  if (model !== request.model) values['model'] = model;
  if (stream && !includeUsage && asksForUsage) {
    values['stream_options'] = { ...(json['stream_options'] as object | null | undefined), include_usage: true };
  }
  return forProvider(request.body, json, values);
}

/** @throws AppError when there is none, or one that is neither text nor tokens. */
export function readPrompts(request: RequestObject): readonly Prompt[] {
  const { prompt } = request.json;
  if (prompt === undefined || prompt === null) request.missing('prompt');
  const prompts: readonly unknown[] = Array.isArray(prompt) && !isTokens(prompt) ? prompt : [prompt];
  if (prompts.length > 0 && prompts.every(isPrompt)) return prompts;
  throw request.invalid(
    'prompt',
    'must be a string, an array of strings, an array of tokens, or an array of such arrays',
  );
}

const isPrompt = (value: unknown): value is Prompt => typeof value === 'string' || isTokens(value);

const isTokens = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every((token) => Number.isInteger(token) && (token as number) >= 0);
