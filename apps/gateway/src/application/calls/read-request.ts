import { serviceTierOf } from '@ao/pricing';
import { boundPromptTokens, guessTokens } from '@ao/tokens';
import { openai, replaceFields } from '@ao/wire';
import type { InboundCall } from './call.js';

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
  /** Whether the answer is generated: embeddings are not. */
  generates: boolean;
  /** Beside the answer itself: text that the provider may bill as generated. */
  predictedTokensBound: number;
  /** Sound, files and the like are in the prompt: the bound cannot know their tokens. */
  unmeasuredInput: boolean;
  /** The answer need not be text. */
  mediaOutput: boolean;
  /** The services that the provider may serve the call by, see `estimateMax`. */
  serviceTiers: readonly (string | null)[] | 'any';
  /** Never below the number of prompt tokens, without counting them, but for unmeasured input. */
  promptTokensBound: (model: string) => number;
  /** About the number of prompt tokens, for a call that nobody is left to count. */
  promptTokensGuess: number;
  /** The body for a deployment: its model name in place, usage asked for. */
  encode: (model: string) => Buffer;
}

export interface RequestLimits {
  modelLengthMax: number;
  messagesMax: number | null;
  contentCharactersMax: number | null;
  inputsMax: number | null;
}

const TAGS_MAX = 50;
const TAG_LENGTH_MAX = 128;

/** Reads a request. @throws AppError naming the field at fault (GW-019, GW-020). */
export function readRequest(call: InboundCall, limits: RequestLimits): RequestFacts {
  return call.endpoint === '/v1/chat/completions' ? readChat(call.body, limits) : readEmbeddings(call.body, limits);
}

function readChat(body: Buffer, limits: RequestLimits): RequestFacts {
  const request = openai.parseChatRequest(body, limits);
  const { messages, schemaBytes, promptBytes, predictionBytes, mediaOutput } = request;
  return {
    model: request.model,
    stream: request.stream,
    includeUsage: request.includeUsage,
    includeCost: request.includeCost,
    maxOutputTokens: request.maxOutputTokens,
    choices: request.n,
    endUserId: request.user,
    tags: tagsOf(request.metadata),
    generates: true,
    predictedTokensBound: predictionBytes,
    unmeasuredInput: messages.audios + messages.files > 0,
    mediaOutput,
    serviceTiers: serviceTiersOf(request),
    promptTokensBound: (model) =>
      boundPromptTokens(promptBytes, {
        messages: messages.count,
        images: messages.images,
        tools: schemaBytes > 0 ? 1 : 0,
        model,
      }),
    promptTokensGuess: guessTokens(promptBytes),
    encode: (model) => openai.encodeChatRequest(request, { model }),
  };
}

function readEmbeddings(body: Buffer, limits: RequestLimits): RequestFacts {
  const request = openai.parseEmbeddingsRequest(body, limits);
  return {
    model: request.model,
    stream: false,
    includeUsage: false,
    includeCost: false,
    maxOutputTokens: null,
    choices: 1,
    endUserId: request.user,
    tags: [],
    generates: false,
    predictedTokensBound: 0,
    unmeasuredInput: false,
    mediaOutput: false,
    serviceTiers: STANDARD_SERVICE,
    promptTokensBound: (model) =>
      request.input.tokens + boundPromptTokens(request.input.textBytes, { messages: request.input.count, model }),
    promptTokensGuess: request.input.tokens + guessTokens(request.input.textBytes),
    encode: (model) => (model === request.model ? body : replaceFields(body, request.fields, { model })),
  };
}

const STANDARD_SERVICE = [null];

/** Who asks for a service may be given the standard one; how much is searched, the provider decides. */
function serviceTiersOf({ serviceTier, searches }: openai.ChatRequest): RequestFacts['serviceTiers'] {
  if (searches) return 'any';
  const asked = serviceTierOf(serviceTier);
  return asked === null ? STANDARD_SERVICE : [null, asked];
}

/** `metadata.tags` as LiteLLM's users write them; what is no tag is left out. */
function tagsOf(metadata: Readonly<Record<string, unknown>> | null): string[] {
  const tags = metadata?.['tags'];
  if (!Array.isArray(tags)) return [];
  return tags
    .filter((tag): tag is string => typeof tag === 'string' && tag.length > 0 && tag.length <= TAG_LENGTH_MAX)
    .slice(0, TAGS_MAX);
}
