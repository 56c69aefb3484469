import { AppError } from '@ao/kernel';
import { capabilitiesOf, protocolsFor, type Continuation, type EmbeddingsProtocol } from '@ao/providers';
import {
  anthropic,
  bedrock,
  cohere,
  gemini,
  ollama,
  openAiChat,
  openAiResponses,
  type ConversationProtocol,
  type ProviderProtocol,
} from '@ao/wire';

/** What a model of a provider can be spoken to in. */
export interface ProviderProtocols {
  /** Wire formats of conversations; the first is what others are translated to. */
  readonly conversations: readonly ConversationProtocol[];
  /** What it can be asked for, as connectors name it. */
  readonly endpoints: ReadonlySet<string>;
  /** Of embeddings; null where it has none. */
  readonly embeddings: EmbeddingsProtocol | null;
  /** Streams tell their usage when asked to, in OpenAI's protocol. */
  readonly tellsUsageOnRequest: boolean;
  /** How it is had to go on with an answer that was begun; null: it begins each anew. */
  readonly continuation: Continuation | null;
}

/** @throws AppError `invalid_parameter` for a kind of provider that there is not. */
export function protocolsOf(kind: string, model: string): ProviderProtocols {
  const { endpoints, embeddings, streamUsage, continuation } = capabilitiesOf(kind);
  return {
    conversations: protocolsFor(kind, model),
    endpoints,
    embeddings,
    tellsUsageOnRequest: streamUsage === 'on_request',
    continuation,
  };
}

const PROTOCOLS: Partial<Record<ConversationProtocol, ProviderProtocol>> = {
  'openai-chat': openAiChat,
  'openai-responses': openAiResponses,
  anthropic,
  gemini,
  bedrock,
  cohere,
  ollama,
};

/** The codec that a conversation is translated to. @throws AppError `unsupported_parameter` when there is none. */
export function translatedTo({ conversations }: ProviderProtocols): ProviderProtocol {
  const name = conversations.find((candidate) => PROTOCOLS[candidate]);
  if (name) return PROTOCOLS[name]!;
  throw new AppError(
    'unsupported_parameter',
    'The provider of this model holds no conversations. Choose another model.',
    {
      param: 'model',
    },
  );
}
