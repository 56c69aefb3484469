import { serviceTierOf } from '@ao/pricing';
import { boundPromptTokens, guessTokens, meterText } from '@ao/tokens';
import {
  forward,
  locateFields,
  openai,
  replaceFields,
  translate,
  type ClientProtocol,
  type ConversationRequest,
  type Exchange,
  type Part,
  type ProviderProtocol,
} from '@ao/wire';
import { AppError } from '@ao/kernel';
import { translatedTo } from '../provider-protocols.js';
import {
  PLAIN_REQUEST,
  STANDARD_SERVICE,
  regionOf,
  tagsOf,
  type ExchangeTarget,
  type RequestFacts,
  type RequestLimits,
} from './request-facts.js';

type Json = Readonly<Record<string, unknown>>;

/** How requests of a client's protocol are read. */
export interface ConversationClient {
  protocol: ClientProtocol & Partial<ProviderProtocol>;
  /** Callers say what they ask of us beside the question, as LiteLLM's do. */
  hasWishes?: boolean;
  /** The body for a provider that speaks the protocol too, which may call the model something else. */
  rename?: (body: Buffer, json: Json, model: string) => Buffer;
  /** What the caller sent, where the body is not that. */
  original?: Json;
}

/** A request in any protocol but OpenAI's chat, whose hot path `readChat` is. */
export function readConversation(
  body: Buffer,
  json: Json,
  client: ConversationClient,
  limits: RequestLimits,
): RequestFacts {
  const request = client.protocol.decodeRequest(json);
  checkLimits(request, limits);
  const prompt = measure(request);
  const promptBytes = body.length - prompt.mediaBytes;
  const metadata = typeof json['metadata'] === 'object' ? (json['metadata'] as Json | null) : null;
  return {
    ...PLAIN_REQUEST,
    model: request.model,
    stream: request.stream,
    includeUsage: true,
    maxOutputTokens: request.maxOutputTokens,
    choices: request.choices,
    endUserId: request.user,
    tags: tagsOf(metadata),
    region: regionOf(metadata),
    // What tools at the provider fetch becomes a part of the prompt; another protocol's provider is not given them.
    unmeasuredInput: ({ conversations }) =>
      prompt.hasUnmeasured || (request.inexpressible.length > 0 && conversations.includes(client.protocol.name)),
    serviceTiers: serviceTiersOf(json),
    dropParams: json['drop_params'] === true,
    wishes: client.hasWishes ? openai.readParsedWishes(json, request.model) : openai.NO_WISHES,
    promptTokensBound: (model) =>
      boundPromptTokens(promptBytes, {
        messages: request.messages.length + request.system.length,
        images: prompt.images,
        tools: request.tools.length,
        model,
      }),
    promptTokensGuess: guessTokens(promptBytes),
    countPrompt: (model) => countConversation(request, model),
    conversation: () => ({ request, client: client.protocol, original: client.original ?? json }),
    exchange: (target) => exchangeOf({ body, json, request }, client, target),
  };
}

function exchangeOf(
  { body, json, request }: { body: Buffer; json: Json; request: ConversationRequest },
  { protocol, rename, original = json }: ConversationClient,
  { protocols, labels, direct, ...target }: ExchangeTarget,
): Exchange {
  const { conversations } = protocols;
  // As the caller wrote it (GW-027), but for what is ours to fulfil.
  if (direct)
    return forward(rename?.(body, json, request.model) ?? body, protocol as ClientProtocol & ProviderProtocol, labels);
  if (rename && conversations.includes(protocol.name)) {
    return forward(rename(body, json, target.model), protocol as ClientProtocol & ProviderProtocol, labels);
  }
  return translate(request, protocol, translatedTo(protocols), target, { ...labels, request: original });
}

function checkLimits({ model, messages }: ConversationRequest, { modelLengthMax, messagesMax }: RequestLimits): void {
  if (model.length > modelLengthMax) throw tooMany('model', `must have at most ${modelLengthMax} characters`);
  if (messagesMax !== null && messages.length > messagesMax) {
    throw tooMany('messages', `must have at most ${messagesMax} items`);
  }
}

const tooMany = (param: string, rule: string): AppError =>
  new AppError('invalid_parameter', `'${param}' ${rule}.`, { param });

/** Who asks for a service may be given the standard one. */
function serviceTiersOf(json: Json): RequestFacts['serviceTiers'] {
  // Anthropic's speed and place of inference have prices of their own, which only the answer tells.
  if (json['speed'] === 'fast' || json['inference_geo'] === 'us') return 'any';
  const asked = serviceTierOf(json['service_tier'] ?? json['serviceTier']);
  return asked === null ? STANDARD_SERVICE : [null, asked];
}

interface PromptMeasure {
  images: number;
  /** Base64 that is no text to the model. */
  mediaBytes: number;
  hasUnmeasured: boolean;
}

function measure({ messages }: ConversationRequest): PromptMeasure {
  const total: PromptMeasure = { images: 0, mediaBytes: 0, hasUnmeasured: false };
  for (const { parts } of messages) for (const part of parts) addPart(total, part);
  return total;
}

function addPart(total: PromptMeasure, part: Part): void {
  switch (part.type) {
    case 'image':
      total.images += 1;
      if (part.source.kind === 'data') total.mediaBytes += part.source.data.length;
      return;
    case 'audio':
      total.hasUnmeasured = true;
      return;
    case 'document':
      if (part.source.kind !== 'text') total.hasUnmeasured = true;
      return;
    case 'tool_result':
      for (const inner of part.parts) addPart(total, inner);
      return;
    default:
      return;
  }
}

/** The tokens of a prompt's text, counted. */
export const countConversation = (request: ConversationRequest, model: string): number =>
  meterText(model, textOf(request)).tokens;

/** The same body for another model, every other byte as it was. */
export function renameModel(body: Buffer, json: Json, model: string): Buffer {
  const fields = json['model'] === model ? null : locateFields(body);
  return fields ? replaceFields(body, fields, { model }) : body;
}

/** All text of a prompt, for counting. */
function textOf({ system, messages, tools }: ConversationRequest): string {
  const said = [...system, ...messages.flatMap(({ parts }) => parts)].map(partText);
  return [...said, ...tools.map((tool) => JSON.stringify(tool))].join('\n');
}

function partText(part: Part): string {
  switch (part.type) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return part.text;
    case 'tool_call':
      return `${part.name} ${part.argumentsJson}`;
    case 'tool_result':
      return part.parts.map(partText).join('\n');
    case 'document':
      return part.source.kind === 'text' ? part.source.text : '';
    default:
      return '';
  }
}
