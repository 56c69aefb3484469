import type { CacheCallType } from '@ao/contracts';
import {
  anthropic,
  gemini,
  ollama,
  openAiChat,
  openAiResponses,
  type ClientProtocol,
  type ProviderProtocol,
} from '@ao/wire';
import type { CallEndpoint } from '../calls/call.js';

/** How the answers of an endpoint are kept. */
export interface CacheableEndpoint {
  type: CacheCallType;
  /** Tells a whole answer as a stream and the other way round; null: each is repeated as it was only. */
  codec: (ClientProtocol & ProviderProtocol) | null;
  /** Answers go out under the id of the call: nothing may refer to two of them. */
  hasIds: boolean;
}

const ENDPOINTS: Partial<Record<CallEndpoint, CacheableEndpoint>> = {
  '/v1/chat/completions': { type: 'chat', codec: openAiChat, hasIds: false },
  '/v1/completions': { type: 'completion', codec: null, hasIds: false },
  '/v1/embeddings': { type: 'embedding', codec: null, hasIds: false },
  '/v1/responses': { type: 'responses', codec: openAiResponses, hasIds: true },
  '/v1/messages': { type: 'messages', codec: anthropic, hasIds: false },
  '/v1beta/models/{model}:generateContent': { type: 'gemini', codec: gemini, hasIds: false },
  '/api/chat': { type: 'ollama', codec: ollama, hasIds: false },
  '/api/generate': { type: 'ollama', codec: null, hasIds: false },
};

/** Undefined: its answers are not kept. */
export const cacheableEndpoint = (endpoint: CallEndpoint): CacheableEndpoint | undefined => ENDPOINTS[endpoint];
