import { imageTokensMax } from './images.js';
import { TOKENS_PER_MESSAGE, TOKENS_PER_NAME, TOKENS_PRIMING } from './messages.js';

/** What a prompt holds besides its bytes. */
export interface PromptShape {
  /** Default 1. */
  messages?: number;
  /** Images of any kind; their bytes say nothing of their tokens. */
  images?: number;
  /** Tool definitions; some providers put a hidden instruction before them. */
  tools?: number;
  /** Narrows what an image can cost; without it the dearest known figure. */
  model?: string;
}

/** Anthropic's longest documented hidden tool prompt has 735 tokens; rounded up. */
const HIDDEN_TOOL_PROMPT_TOKENS_MAX = 1_000;

/**
 * An upper bound of a prompt's tokens for reservations, without tokenising: one addition per request.
 *
 * All vocabularies in use fall back to bytes, so a byte is never more than one token. Never below `countTextExact`,
 * `countMessagesExact` or `meterText` of the same prompt.
 * @param prompt the text, or its length in UTF-8 bytes. The length of the whole JSON request body is a valid, slightly
 * higher figure and costs nothing to know; it must hold all roles, names, contents and tool definitions.
 */
export function boundPromptTokens(prompt: number | string | Uint8Array, shape: PromptShape = {}): number {
  const { messages = 1, images = 0, tools = 0, model = '' } = shape;
  return (
    byteLengthOf(prompt) +
    messages * (TOKENS_PER_MESSAGE + TOKENS_PER_NAME) +
    TOKENS_PRIMING +
    (images === 0 ? 0 : images * imageTokensMax(model)) +
    (tools === 0 ? 0 : HIDDEN_TOOL_PROMPT_TOKENS_MAX)
  );
}

/** Of English text and of JSON alike. */
const BYTES_PER_TOKEN = 4;

/** About how many tokens a text has, from its length in UTF-8 bytes: for figures that are marked as estimated. */
export const guessTokens = (bytes: number): number => Math.ceil(bytes / BYTES_PER_TOKEN);

function byteLengthOf(prompt: number | string | Uint8Array): number {
  if (typeof prompt === 'string') return Buffer.byteLength(prompt, 'utf8');
  return typeof prompt === 'number' ? prompt : prompt.byteLength;
}
