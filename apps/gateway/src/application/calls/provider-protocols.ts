import { AppError } from '@ao/kernel';
import { anthropic, openAiChat, type ConversationProtocol, type ProviderProtocol } from '@ao/wire';

/** What a provider's kind can be spoken to in. */
export interface ProviderProtocols {
  /** Wire formats of conversations; the first is what others are translated to. */
  readonly conversations: readonly ConversationProtocol[];
  /** Of embeddings; null where it has none. */
  readonly embeddings: string | null;
}

const PROTOCOLS: Partial<Record<ConversationProtocol, ProviderProtocol>> = {
  'openai-chat': openAiChat,
  anthropic,
};

/** The codec of a conversation's protocol. @throws AppError `unsupported_parameter` for one that only passes through. */
export function providerProtocol(name: ConversationProtocol | undefined): ProviderProtocol {
  const protocol = name && PROTOCOLS[name];
  if (protocol) return protocol;
  throw new AppError('unsupported_parameter', 'The provider of this model does not hold conversations. Choose another.', {
    param: 'model',
  });
}

/** By a provider's kind. */
export function protocolsOf(kind: string): ProviderProtocols {
  return kind === 'anthropic'
    ? { conversations: ['anthropic'], embeddings: null }
    : { conversations: ['openai-chat'], embeddings: 'openai' };
}
