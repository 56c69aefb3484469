import { vendorOfBaseUrl } from '@ao/config';
import { AppError } from '@ao/kernel';
import { anthropic, openAiChat, openAiResponses, type ConversationProtocol, type ProviderProtocol } from '@ao/wire';
import type { Provider } from '../routing-table.js';

/** What a provider's kind can be spoken to in. */
export interface ProviderProtocols {
  /** Wire formats of conversations; the first is what others are translated to. */
  readonly conversations: readonly ConversationProtocol[];
  /** Of embeddings; null where it has none. */
  readonly embeddings: string | null;
}

const PROTOCOLS: Partial<Record<ConversationProtocol, ProviderProtocol>> = {
  'openai-chat': openAiChat,
  'openai-responses': openAiResponses,
  anthropic,
};

/** The codec of a conversation's protocol. @throws AppError `unsupported_parameter` for one that only passes through. */
export function providerProtocol(name: ConversationProtocol | undefined): ProviderProtocol {
  const protocol = name && PROTOCOLS[name];
  if (protocol) return protocol;
  throw new AppError(
    'unsupported_parameter',
    'The provider of this model does not hold conversations. Choose another.',
    {
      param: 'model',
    },
  );
}

/** By a provider's kind; of all that speak as OpenAI does, only OpenAI itself is known to take Responses. */
export function protocolsOf({ kind, baseUrl }: Pick<Provider, 'kind' | 'baseUrl'>): ProviderProtocols {
  if (kind === 'anthropic') return { conversations: ['anthropic'], embeddings: null };
  const isOpenAi = vendorOfBaseUrl(baseUrl) === 'openai';
  return { conversations: ['openai-chat', ...(isOpenAi ? ['openai-responses' as const] : [])], embeddings: 'openai' };
}
