/**
 * A conversation in nobody's protocol: what a client's request becomes when its provider speaks another language. Only
 * translated calls pay for this; where both sides speak alike, bytes are forwarded.
 */
export interface ConversationRequest {
  /** As the client named it. */
  readonly model: string;
  /** Instructions that stand before the conversation. */
  readonly system: readonly TextPart[];
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  /** Null: the protocol's default, which is `auto` everywhere. */
  readonly toolChoice: ToolChoice | null;
  readonly parallelToolCalls: boolean | null;
  readonly maxOutputTokens: number | null;
  readonly temperature: number | null;
  readonly topP: number | null;
  readonly topK: number | null;
  readonly seed: number | null;
  readonly frequencyPenalty: number | null;
  readonly presencePenalty: number | null;
  readonly stop: readonly string[];
  /** Answers asked for. */
  readonly choices: number;
  /** Log probabilities of the chosen tokens, and of so many others each; null: none. */
  readonly topLogprobs: number | null;
  readonly logitBias: Readonly<Record<string, number>> | null;
  readonly outputFormat: OutputFormat;
  readonly reasoning: Reasoning | null;
  readonly stream: boolean;
  /** The end user, as the client names it. */
  readonly user: string | null;
  /** The client's own fields that have no place here (`prediction`, tools that run at the provider, …), by their names. */
  readonly inexpressible: readonly string[];
}

/** `system` only in the middle of a conversation: leading ones are `ConversationRequest.system`. Tool results are the user's. */
export interface Message {
  readonly role: 'user' | 'assistant' | 'system';
  readonly parts: readonly Part[];
}

export type Part =
  TextPart | ImagePart | AudioPart | DocumentPart | ToolCallPart | ToolResultPart | ReasoningPart | RefusalPart;

/** The prompt may be cached up to and with the part that carries this. */
export interface CacheMark {
  readonly ttl: '5m' | '1h';
}

interface Cacheable {
  readonly cache?: CacheMark;
}

export interface TextPart extends Cacheable {
  readonly type: 'text';
  readonly text: string;
  /** Where an answer's text was taken from. */
  readonly citations?: readonly Citation[];
}

/** Media: in the request itself (base64), at an address, or uploaded before. */
export type Source =
  | { readonly kind: 'data'; readonly mediaType: string; readonly data: string }
  | { readonly kind: 'url'; readonly url: string; readonly mediaType: string | null }
  | { readonly kind: 'file'; readonly id: string };

export interface ImagePart extends Cacheable {
  readonly type: 'image';
  readonly source: Source;
  readonly detail: 'low' | 'high' | 'auto' | null;
}

export interface AudioPart extends Cacheable {
  readonly type: 'audio';
  readonly source: Source;
}

export interface DocumentPart extends Cacheable {
  readonly type: 'document';
  readonly source: Source | { readonly kind: 'text'; readonly text: string };
  readonly name: string | null;
  /** The answer is to cite it. */
  readonly citations?: boolean;
}

export interface ToolCallPart extends Cacheable {
  readonly type: 'tool_call';
  readonly id: string;
  readonly name: string;
  /** JSON text as the model wrote it; may be broken. */
  readonly argumentsJson: string;
  /** Gemini's proof of the thought behind the call, to be handed back unread. */
  readonly signature?: string;
}

export interface ToolResultPart extends Cacheable {
  readonly type: 'tool_result';
  readonly callId: string;
  /** The tool's name where the client gave it; encoders that need one look the call up by id. */
  readonly name: string | null;
  readonly parts: readonly (TextPart | ImagePart | DocumentPart)[];
  readonly isError: boolean;
}

export interface ReasoningPart {
  readonly type: 'reasoning';
  readonly text: string;
  /** The provider's proof of it (Anthropic's `signature`, Gemini's `thoughtSignature`), to be handed back unread. */
  readonly signature: string | null;
  /** Reasoning that only the provider can read (Anthropic's `redacted_thinking`, OpenAI's `encrypted_content`). */
  readonly redacted: string | null;
}

export interface RefusalPart {
  readonly type: 'refusal';
  readonly text: string;
}

export interface Citation {
  readonly title: string | null;
  readonly url: string | null;
  /** The words that are cited. */
  readonly text: string | null;
  /** UTF-16 units of the answer's text that it stands for, where known. */
  readonly start: number | null;
  readonly end: number | null;
}

export interface Tool extends Cacheable {
  readonly name: string;
  readonly description: string | null;
  /** A JSON schema; null: no arguments. */
  readonly parameters: Readonly<Record<string, unknown>> | null;
  /** The arguments must follow the schema to the letter. */
  readonly strict: boolean | null;
}

export type ToolChoice =
  { readonly kind: 'auto' | 'none' | 'required' } | { readonly kind: 'tool'; readonly name: string };

export type OutputFormat =
  | { readonly kind: 'text' }
  /** Any JSON object. */
  | { readonly kind: 'json' }
  | {
      readonly kind: 'schema';
      readonly name: string;
      readonly schema: Readonly<Record<string, unknown>>;
      readonly strict: boolean | null;
    };

/** How much the model is to think, by a word, by tokens, or not at all. */
export interface Reasoning {
  readonly effort: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max' | null;
  readonly budgetTokens: number | null;
  /** The model decides by itself how much. */
  readonly isAdaptive: boolean;
  /** Whether the answer is to show the thoughts; null: as usual. */
  readonly isShown: boolean | null;
}
