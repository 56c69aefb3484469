import { LOWER_N } from '../bytes.js';
import type { ByteRange, LocatedFields } from '../json-fields.js';
import { wishCuts } from './cut-wishes.js';
import {
  given,
  missing,
  optionalBoolean,
  optionalInteger,
  optionalObject,
  optionalString,
  requestFields,
  requiredModel,
} from './request-fields.js';
import { readWishes, type RequestWishes } from './wishes.js';
import { MessagesReader, type MessagesLimits, type MessagesSummary } from './read-messages.js';

export interface ChatRequestLimits extends MessagesLimits {
  readonly modelLengthMax: number;
}

/** A chat request as far as the gateway must understand it; everything else stays bytes. */
export interface ChatRequest {
  readonly body: Buffer;
  readonly fields: LocatedFields;
  readonly model: string;
  readonly stream: boolean;
  /** The client asked for the usage chunk (`stream_options.include_usage`). */
  readonly includeUsage: boolean;
  /** The client asked for the cost in the answer (`usage: {include: true}`), which no provider is to hear of. */
  readonly includeCost: boolean;
  /** The client wants parameters that the provider has no word for left out (`drop_params`, as LiteLLM's users write it). */
  readonly dropParams: boolean;
  /** The larger of `max_completion_tokens` and `max_tokens`: providers know one or the other. Null: what the model gives. */
  readonly maxOutputTokens: number | null;
  /** Answers asked for, each with its own output. */
  readonly n: number;
  readonly user: string | null;
  /** The service that is asked for: `priority`, `flex`, … */
  readonly serviceTier: string | null;
  /** Asks for an answer that the provider searches for, which some bill by how much they search. */
  readonly searches: boolean;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly messages: MessagesSummary;
  /** Bytes of tool definitions and answer schemas, which count as input too. */
  readonly schemaBytes: number;
  /** Bytes of the whole request but its media: providers put more than messages into prompts (`documents`, for one). */
  readonly promptBytes: number;
  /** Bytes of the text that the answer is expected to repeat: what of it the model rejects is billed as output. */
  readonly predictionBytes: number;
  /** Asks for an answer that need not be text. */
  readonly mediaOutput: boolean;
  readonly wishes: RequestWishes;
  /** What no provider is to hear. */
  readonly cuts: readonly ByteRange[];
}

/** OpenAI's own limit; the cost of a request is reserved for each. */
const CHOICES_MAX = 128;
/** Beyond any model's window, and far below where sums of tokens lose precision. */
const OUTPUT_TOKENS_MAX = 1_000_000_000;

const SCHEMA_FIELDS = ['tools', 'functions', 'response_format'];
const MEDIA_OUTPUT_FIELDS = ['modalities', 'audio'];

/**
 * Reads and checks the body of `POST /v1/chat/completions` (GW-019, GW-020) without decoding its messages.
 * Throws AppError: `invalid_json`; `missing_required_parameter` (`model`, `messages`, an empty user message) and
 * `invalid_parameter` (wrong types, limits), both with `param`.
 */
export function parseChatRequest(body: Buffer, limits: ChatRequestLimits): ChatRequest {
  const messages = new MessagesReader(body, limits);
  const fields = requestFields(body, (key, start) =>
    key === 'messages' && body[start] !== LOWER_N ? messages.read(start) : null,
  );
  const model = requiredModel(body, fields, limits.modelLengthMax);
  if (messages.count === 0) throw missing('messages', 'the conversation so far');
  const options = optionalObject(body, fields, 'stream_options');
  return {
    body,
    fields,
    model,
    stream: optionalBoolean(body, fields, 'stream') ?? false,
    includeUsage: options?.['include_usage'] === true,
    includeCost: optionalObject(body, fields, 'usage')?.['include'] === true,
    dropParams: optionalBoolean(body, fields, 'drop_params') ?? false,
    maxOutputTokens: maxOutputTokens(body, fields),
    n: optionalInteger(body, fields, 'n', { min: 1, max: CHOICES_MAX }) ?? 1,
    user: optionalString(body, fields, 'user'),
    serviceTier: optionalString(body, fields, 'service_tier'),
    searches: given(body, fields, 'web_search_options') !== null,
    metadata: optionalObject(body, fields, 'metadata'),
    messages,
    schemaBytes: bytesOf(fields, SCHEMA_FIELDS),
    promptBytes: body.length - bytesOf(fields, ['messages']) + messages.textBytes,
    predictionBytes: bytesOf(fields, ['prediction']),
    mediaOutput: MEDIA_OUTPUT_FIELDS.some((key) => given(body, fields, key) !== null),
    wishes: readWishes(body, fields, model),
    cuts: wishCuts(body, fields),
  };
}

function maxOutputTokens(body: Buffer, fields: LocatedFields): number | null {
  const limits = { min: 1, max: OUTPUT_TOKENS_MAX };
  const asked = ['max_completion_tokens', 'max_tokens'].map((key) => optionalInteger(body, fields, key, limits));
  const known = asked.filter((tokens) => tokens !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function bytesOf(fields: LocatedFields, keys: readonly string[]): number {
  let bytes = 0;
  for (const key of keys) {
    const range = fields.values.get(key);
    if (range !== undefined) bytes += range.end - range.start;
  }
  return bytes;
}
