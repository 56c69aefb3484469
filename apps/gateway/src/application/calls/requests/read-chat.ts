import { serviceTierOf } from '@ao/pricing';
import { boundPromptTokens, guessTokens } from '@ao/tokens';
import { forwardChat, openAiChat, openai, parseBody, translate } from '@ao/wire';
import { countPrompt } from './count-prompt.js';
import { translatedTo } from '../provider-protocols.js';
import {
  STANDARD_SERVICE,
  regionOf,
  tagsOf,
  type ExchangeTarget,
  type RequestFacts,
  type RequestLimits,
} from './request-facts.js';

/** `POST /v1/chat/completions`: scanned, and parsed only for a provider that speaks another protocol. */
export function readChat(body: Buffer, limits: RequestLimits): RequestFacts {
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
    region: regionOf(request.metadata),
    generates: true,
    predictedTokensBound: predictionBytes,
    unmeasuredInput: () => messages.audios + messages.files > 0,
    mediaOutput,
    assumedUsage: {},
    unitsMax: {},
    serviceTiers: serviceTiersOf(request),
    dropParams: request.dropParams,
    wishes: request.wishes,
    promptTokensBound: (model) =>
      boundPromptTokens(promptBytes, {
        messages: messages.count,
        images: messages.images,
        tools: schemaBytes > 0 ? 1 : 0,
        model,
      }),
    promptTokensGuess: guessTokens(promptBytes),
    countPrompt: (model) => countPrompt(model, body),
    conversation: () => ({ request: openAiChat.decodeRequest(parseBody(request.body)), client: openAiChat }),
    exchange: (target) => chatExchange(request, target),
  };
}

function chatExchange(request: openai.ChatRequest, { protocols, direct, ...target }: ExchangeTarget) {
  // As the caller wrote it (GW-027), but for what is ours to fulfil and OpenAI would refuse.
  if (direct) return forwardChat(openAiChat.endpoint, openai.encodeChatRequest(request, { asksForUsage: false }));
  const { conversations, tellsUsageOnRequest } = protocols;
  if (conversations.includes('openai-chat')) {
    const changes = { model: target.model, asksForUsage: tellsUsageOnRequest };
    return forwardChat(openAiChat.endpoint, openai.encodeChatRequest(request, changes));
  }
  const conversation = openAiChat.decodeRequest(parseBody(request.body));
  return translate(conversation, openAiChat, translatedTo(protocols), target, target.labels);
}

/** Who asks for a service may be given the standard one; how much is searched, the provider decides. */
function serviceTiersOf({ serviceTier, searches }: openai.ChatRequest): RequestFacts['serviceTiers'] {
  if (searches) return 'any';
  const asked = serviceTierOf(serviceTier);
  return asked === null ? STANDARD_SERVICE : [null, asked];
}
