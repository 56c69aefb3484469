import { LOWER_N } from '../bytes.js';
import type { LocatedFields } from '../json-fields.js';
import {
  missing,
  optionalBoolean,
  optionalInteger,
  optionalObject,
  optionalString,
  requestFields,
  requiredModel,
} from './request-fields.js';
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
  /** `max_completion_tokens`, else `max_tokens`, else null: as much as the model gives. */
  readonly maxOutputTokens: number | null;
  /** Answers asked for, each with its own output. */
  readonly n: number;
  readonly user: string | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly messages: MessagesSummary;
  /** Bytes of tool definitions and answer schemas, which count as input too. */
  readonly schemaBytes: number;
}

/** OpenAI's own limit; the cost of a request is reserved for each. */
const CHOICES_MAX = 128;
/** Beyond any model's window, and far below where sums of tokens lose precision. */
const OUTPUT_TOKENS_MAX = 1_000_000_000;

const SCHEMA_FIELDS = ['tools', 'functions', 'response_format'];

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
    maxOutputTokens: maxOutputTokens(body, fields),
    n: optionalInteger(body, fields, 'n', { min: 1, max: CHOICES_MAX }) ?? 1,
    user: optionalString(body, fields, 'user'),
    metadata: optionalObject(body, fields, 'metadata'),
    messages,
    schemaBytes: schemaBytes(fields),
  };
}

function maxOutputTokens(body: Buffer, fields: LocatedFields): number | null {
  const limits = { min: 1, max: OUTPUT_TOKENS_MAX };
  const current = optionalInteger(body, fields, 'max_completion_tokens', limits);
  return current ?? optionalInteger(body, fields, 'max_tokens', limits);
}

function schemaBytes(fields: LocatedFields): number {
  let bytes = 0;
  for (const key of SCHEMA_FIELDS) {
    const range = fields.values.get(key);
    if (range !== undefined) bytes += range.end - range.start;
  }
  return bytes;
}
