import { encoderOf } from './encodings.js';
import type { Encoder } from './encoder.js';
import { UNKNOWN_MODEL_TOKENS } from './exact.js';
import { imageTokens } from './images.js';
import { encodingForModel } from './models.js';

/** A message in OpenAI's chat format; read leniently, since the counter must not be what refuses a request. */
export type CountableMessage = Readonly<Record<string, unknown>>;

/** Every message is wrapped in markers for start, role and end. */
export const TOKENS_PER_MESSAGE = 3;
export const TOKENS_PER_NAME = 1;
/** The answer is primed with the start of an assistant message. */
export const TOKENS_PRIMING = 3;

/**
 * Prompt tokens of a chat request, by the counting of OpenAI's cookbook ("How to count tokens with tiktoken"): exact for
 * text messages. Not documented by OpenAI and counted by our own rule: images (see `images.ts`); tool calls and tool
 * definitions, as the tokens of their JSON; audio and files, as nothing (reserve the context window for those).
 * @param tools the request's `tools` array, if any.
 * @returns -1 for models that are not OpenAI's. Never throws: what has no known shape counts as its JSON, or nothing.
 */
export function countMessagesExact(
  model: string,
  messages: readonly CountableMessage[],
  tools: readonly unknown[] = [],
): number {
  const encoding = encodingForModel(model);
  if (encoding === null) return UNKNOWN_MODEL_TOKENS;
  const encoder = encoderOf(encoding);
  let tokens = TOKENS_PRIMING;
  for (const message of messages) tokens += countMessage(model, encoder, message);
  for (const tool of tools) tokens += countJson(encoder, tool);
  return tokens;
}

function countMessage(model: string, encoder: Encoder, message: CountableMessage): number {
  let tokens = TOKENS_PER_MESSAGE;
  for (const [key, value] of Object.entries(message ?? {})) {
    if (typeof value === 'string') tokens += encoder.count(value);
    else if (key === 'content' && Array.isArray(value)) tokens += sum(value, (part) => countPart(model, encoder, part));
    else if (key === 'tool_calls' || key === 'function_call') tokens += countJson(encoder, value);
    if (key === 'name') tokens += TOKENS_PER_NAME;
  }
  return tokens;
}

function countPart(model: string, encoder: Encoder, part: unknown): number {
  if (typeof part !== 'object' || part === null) return 0;
  const { text, refusal, type, detail, image_url: image } = part as Record<string, unknown>;
  if (type === 'input_image') return imageTokens(model, detail);
  if (type === 'image_url') return imageTokens(model, (image as { detail?: unknown } | null | undefined)?.detail);
  const written = text ?? refusal;
  return typeof written === 'string' ? encoder.count(written) : 0;
}

function countJson(encoder: Encoder, value: unknown): number {
  return value == null ? 0 : encoder.count(JSON.stringify(value));
}

function sum<Item>(items: readonly Item[], tokensOf: (item: Item) => number): number {
  return items.reduce((total, item) => total + tokensOf(item), 0);
}
