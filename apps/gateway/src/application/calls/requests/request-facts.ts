import type { Usage } from '@ao/pricing';
import {
  openai,
  type ClientProtocol,
  type ConversationRequest,
  type Exchange,
  type Labels,
  type ProviderProtocol,
} from '@ao/wire';
import type { ProviderProtocols } from '../provider-protocols.js';

/** What the platform must know of a request; everything else stays the caller's bytes. */
export interface RequestFacts {
  model: string;
  stream: boolean;
  /** The caller asked for the usage chunk. */
  includeUsage: boolean;
  /** The caller asked for the cost in the answer (BX-009). */
  includeCost: boolean;
  maxOutputTokens: number | null;
  /** Answers asked for. */
  choices: number;
  endUserId: string | null;
  tags: string[];
  /** Where the caller would like to be served, by the beginning of a region's name; absent or null: anywhere. */
  region?: string | null;
  /** Whether the answer is generated: embeddings are not. */
  generates: boolean;
  /** Beside the answer itself: text that the provider may bill as generated. */
  predictedTokensBound: number;
  /** Sound, files and the like are in the prompt, or tools of the provider's fetch more: the bound cannot know their tokens. */
  unmeasuredInput: (protocols: ProviderProtocols) => boolean;
  /** The answer need not be text. */
  mediaOutput: boolean;
  /** What the call consumes beside its prompt where the provider does not tell: pictures, characters; none for text. */
  assumedUsage: Partial<Usage>;
  /** Never less than the call can consume of what is not counted in tokens: that much is reserved. */
  unitsMax: Partial<Usage>;
  /** The services that the provider may serve the call by, see `estimateMax`. */
  serviceTiers: readonly (string | null)[] | 'any';
  /** Parameters that the provider has no word for are left out instead of being refused. */
  dropParams: boolean;
  /** The conversation itself; absent where the request is none. */
  conversation?: () => Conversation;
  /** What the caller asks of us for this call; no provider hears of it. */
  wishes: openai.RequestWishes;
  /** Never below the number of prompt tokens, without counting them, but for unmeasured input. */
  promptTokensBound: (model: string) => number;
  /** About the number of prompt tokens, for a call that nobody is left to count. */
  promptTokensGuess: number;
  /** The prompt's tokens, counted: slow, and only for calls that a provider did not count. */
  countPrompt: (model: string) => number;
  /**
   * How the call speaks with a provider.
   * @throws AppError `unsupported_parameter` when the provider cannot serve it, or cannot be told what it asks.
   */
  exchange: (target: ExchangeTarget) => Exchange;
}

/** A request as it is translated. */
export interface Conversation {
  request: ConversationRequest;
  client: ClientProtocol & Partial<ProviderProtocol>;
  /** What the caller sent, for answers that repeat it. */
  original?: unknown;
}

/** Where a call goes, as far as its protocol is concerned. */
export interface ExchangeTarget {
  protocols: ProviderProtocols;
  /** The provider's own name for the model. */
  model: string;
  /** What is paid for, where the request sets no limit itself. */
  maxOutputTokens: number;
  /** Direct OpenAI: nothing may be changed. */
  direct: boolean;
  labels: Labels;
}

export interface RequestLimits {
  modelLengthMax: number;
  messagesMax: number | null;
  contentCharactersMax: number | null;
  inputsMax: number | null;
}

export const STANDARD_SERVICE = [null];

/** What a request is unless it says otherwise: one answer in text, whole, for a prompt in text. */
export const PLAIN_REQUEST = {
  stream: false,
  includeUsage: false,
  includeCost: false,
  maxOutputTokens: null,
  choices: 1,
  endUserId: null,
  tags: [],
  generates: true,
  predictedTokensBound: 0,
  unmeasuredInput: () => false,
  mediaOutput: false,
  assumedUsage: {},
  unitsMax: {},
  serviceTiers: STANDARD_SERVICE,
  dropParams: false,
  wishes: openai.NO_WISHES,
} satisfies Partial<RequestFacts>;

const TAGS_MAX = 50;
const TAG_LENGTH_MAX = 128;

/** `metadata.tags` as LiteLLM's users write them; what is no tag is left out. */
export function tagsOf(metadata: Readonly<Record<string, unknown>> | null): string[] {
  const tags = metadata?.['tags'];
  if (!Array.isArray(tags)) return [];
  return tags
    .filter((tag): tag is string => typeof tag === 'string' && tag.length > 0 && tag.length <= TAG_LENGTH_MAX)
    .slice(0, TAGS_MAX);
}

const REGION_LENGTH_MAX = 64;

/** `metadata.region`; null when it names none. */
export function regionOf(metadata: Readonly<Record<string, unknown>> | null): string | null {
  const region = metadata?.['region'];
  return typeof region === 'string' && region !== '' && region.length <= REGION_LENGTH_MAX ? region : null;
}
