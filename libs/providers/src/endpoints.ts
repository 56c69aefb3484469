/** A protocol of conversations: the name of its folder in `@ao/wire`. */
export type ConversationProtocol =
  'openai-chat' | 'openai-responses' | 'openai-completions' | 'anthropic' | 'gemini' | 'bedrock' | 'cohere' | 'ollama';

/** The format of a provider's embeddings. */
export type EmbeddingsProtocol = 'openai' | 'gemini' | 'cohere' | 'ollama' | 'bedrock';

/** What can be asked of a provider, under names that are the same for all. Which path that is, its profile knows. */
export type Endpoint =
  | 'chat/completions'
  | 'completions'
  | 'responses'
  | 'messages'
  | 'messages/count_tokens'
  | 'generateContent'
  | 'countTokens'
  | 'converse'
  | 'chat'
  | 'embeddings'
  | 'moderations'
  | 'images/generations'
  | 'images/edits'
  | 'images/variations'
  | 'audio/speech'
  | 'audio/transcriptions'
  | 'audio/translations'
  | 'rerank';

/** Where a conversation in a protocol is sent. */
export const CONVERSATION_ENDPOINTS: Readonly<Record<ConversationProtocol, Endpoint>> = {
  'openai-chat': 'chat/completions',
  'openai-responses': 'responses',
  'openai-completions': 'completions',
  anthropic: 'messages',
  gemini: 'generateContent',
  bedrock: 'converse',
  cohere: 'chat',
  ollama: 'chat',
};

/**
 * How a model is had to go on with an answer that was begun: `last_turn`: by a conversation that ends in it; `prefix_flag`: the
 * message says so besides (`prefix`); `final_message_flag`: the request does (`continue_final_message`).
 */
export type Continuation = 'last_turn' | 'prefix_flag' | 'final_message_flag';

/** What a provider can do, known from its kind alone. */
export interface Capabilities {
  /** What it speaks. The first one is what requests of clients that speak none of these are translated to. */
  readonly protocols: readonly ConversationProtocol[];
  /** The format of its embeddings; null when it has none. */
  readonly embeddings: EmbeddingsProtocol | null;
  /** A closed list: the path of a request is never made from what a caller sent, except the encoded model. */
  readonly endpoints: ReadonlySet<string>;
  /**
   * How the streams of its first protocol come to report usage: when `stream_options.include_usage` asks for it, always, or
   * never. Providers that are not `on_request` may refuse `stream_options`.
   */
  readonly streamUsage: 'on_request' | 'always' | 'never';
  /** The field that limits the output of `openai-chat`: newer OpenAI models refuse `max_tokens`, most others know no other. */
  readonly outputLimitField: 'max_tokens' | 'max_completion_tokens';
  /** Null: it begins each answer anew. */
  readonly continuation: Continuation | null;
}
