import { readJson, replaceFields, type NewFieldValue } from '../json-fields.js';
import type { EmbeddingsRequest } from './decode-embeddings-request.js';
import type { ChatRequest } from './decode-request.js';

const USAGE_WANTED = Buffer.from('{"include_usage":true}');

/** What the request becomes on its way to the provider; what is absent stays as the client wrote it. */
export interface ChatRequestChanges {
  /** The provider's own name for the model. */
  readonly model?: string;
  /** False for a provider that would refuse to be asked for usage in streams; asked unless given. */
  readonly asksForUsage?: boolean;
  /** An upper limit that the gateway sets, in the field that the provider knows. */
  readonly maxOutputTokens?: { readonly field: 'max_completion_tokens' | 'max_tokens'; readonly tokens: number };
}

/**
 * The bytes to send to a provider that speaks this protocol too: the client's own, with the model named as the provider
 * names it and with usage asked for in streams (DESIGN: step 8). Untouched, the client's buffer itself comes back.
 */
export function encodeChatRequest(request: ChatRequest, changes: ChatRequestChanges): Buffer {
  const values: Record<string, NewFieldValue | undefined> = {};
  if (changes.model !== undefined && changes.model !== request.model) values['model'] = changes.model;
  if (changes.maxOutputTokens) values[changes.maxOutputTokens.field] = changes.maxOutputTokens.tokens;
  if (request.stream && !request.includeUsage && changes.asksForUsage !== false)
    values['stream_options'] = withUsageWanted(request);
  return replaceFields(request.body, request.fields, values, request.cuts);
}

/** Keeps the client's other stream options. */
function withUsageWanted({ body, fields }: ChatRequest): NewFieldValue {
  const range = fields.values.get('stream_options');
  const options = range && (readJson(body, range) as object | null);
  return options ? { ...options, include_usage: true } : USAGE_WANTED;
}

/** The same for an embeddings request: only the model is named anew. */
export function encodeEmbeddingsRequest(request: EmbeddingsRequest, { model }: { readonly model?: string }): Buffer {
  const isSame = model === undefined || model === request.model;
  return replaceFields(request.body, request.fields, isSame ? {} : { model }, request.cuts);
}
