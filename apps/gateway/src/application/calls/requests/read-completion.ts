import { AppError } from '@ao/kernel';
import { boundPromptTokens, guessTokens, meterText } from '@ao/tokens';
import {
  encodeCompletionRequest,
  forwardChat,
  openai,
  openAiCompletions,
  readCompletionRequest,
  translate,
  type CompletionRequest,
  type Exchange,
} from '@ao/wire';
import { translatedTo } from '../provider-protocols.js';
import { PLAIN_REQUEST, type ExchangeTarget, type RequestFacts, type RequestLimits } from './request-facts.js';

const ENDPOINT = 'completions';

/** `POST /v1/completions`: forwarded where the provider has them, else a conversation of one message. */
export function readCompletion(body: Buffer, { modelLengthMax }: RequestLimits): RequestFacts {
  const request = readCompletionRequest(body);
  const { model, prompts, stream, choices } = request;
  if (model.length > modelLengthMax) {
    throw new AppError('invalid_parameter', `'model' must have at most ${modelLengthMax} characters.`, {
      param: 'model',
    });
  }
  const { textBytes, tokens } = measure(request);
  return {
    ...PLAIN_REQUEST,
    model,
    stream,
    includeUsage: request.includeUsage,
    maxOutputTokens: request.maxOutputTokens,
    choices,
    endUserId: request.user,
    dropParams: request.dropParams,
    wishes: openai.readParsedWishes(request.json, model),
    promptTokensBound: (named) => tokens + boundPromptTokens(textBytes, { messages: prompts.length, model: named }),
    promptTokensGuess: tokens + guessTokens(textBytes),
    countPrompt: (named) =>
      prompts.reduce(
        (sum, prompt) => sum + (typeof prompt === 'string' ? meterText(named, prompt).tokens : prompt.length),
        0,
      ),
    exchange: (target) => exchangeOf(request, target),
  };
}

function exchangeOf(request: CompletionRequest, { protocols, direct, labels, ...target }: ExchangeTarget): Exchange {
  // As the caller wrote it (GW-027), but for what is ours to fulfil.
  if (direct) return forwardChat(ENDPOINT, openai.forProvider(request.body, request.json));
  if (protocols.endpoints.has(ENDPOINT)) {
    const changes = { model: target.model, asksForUsage: protocols.tellsUsageOnRequest };
    return forwardChat(ENDPOINT, encodeCompletionRequest(request, changes));
  }
  const conversation = openAiCompletions.decodeRequest(request.json);
  return translate(conversation, openAiCompletions, translatedTo(protocols), target, labels);
}

/** Texts by their bytes, with what is to follow the answer; tokens need no counting. */
function measure({ json, prompts }: CompletionRequest): { textBytes: number; tokens: number } {
  const suffix = json['suffix'];
  const size = { textBytes: typeof suffix === 'string' ? Buffer.byteLength(suffix) : 0, tokens: 0 };
  for (const prompt of prompts) {
    if (typeof prompt === 'string') size.textBytes += Buffer.byteLength(prompt);
    else size.tokens += prompt.length;
  }
  return size;
}
