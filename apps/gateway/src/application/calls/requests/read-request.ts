import { anthropic, gemini, ollama, ollamaGenerate, openai, openAiResponses, parseBody } from '@ao/wire';
import type { InboundCall } from '../call.js';
import { readChat } from './read-chat.js';
import { readCompletion } from './read-completion.js';
import { readConversation, renameModel, type ConversationClient } from './read-conversation.js';
import { readCohereChat, readConverse } from './read-native-chat.js';
import { readEmbeddings } from './read-embeddings.js';
import { readImageEdit } from './read-image-edit.js';
import { readImages } from './read-images.js';
import { readModeration } from './read-moderation.js';
import { readRerank } from './read-rerank.js';
import { readSpeech } from './read-speech.js';
import { readTranscription } from './read-transcription.js';
import { readUnread } from './read-unread.js';
import type { RequestFacts, RequestLimits } from './request-facts.js';

/**
 * Reads a request. What headers ask of us goes before what the body asks.
 * @throws AppError naming the field at fault (GW-019, GW-020).
 */
export function readRequest(call: InboundCall, limits: RequestLimits): RequestFacts {
  const facts = readBody(call, limits);
  const { tags = [] } = facts.wishes;
  if (tags.length === 0 && !call.wishes) return facts;
  return { ...facts, wishes: { ...facts.wishes, ...call.wishes }, tags: [...facts.tags, ...tags] };
}

function readBody(call: InboundCall, limits: RequestLimits): RequestFacts {
  const { endpoint, body, original } = call;
  switch (endpoint) {
    case '/v1/chat/completions':
      return readChat(namedInPath(call), limits);
    case '/v1/completions':
      return readCompletion(body, limits);
    case '/v1/embeddings':
      return readEmbeddings(namedInPath(call), limits);
    case '/v2/chat':
      return readCohereChat(body, limits);
    case '/model/{model}/converse':
      return readConverse(body, call.inPath!, limits);
    case 'native':
      return readUnread(call.native!);
    case '/v1/moderations':
      return readModeration(body, limits);
    case '/v1/rerank':
      return readRerank(body, limits);
    case '/v1/images/generations':
      return readImages(body, limits);
    case '/v1/images/edits':
      return readImageEdit(call, 'images/edits', limits);
    case '/v1/images/variations':
      return readImageEdit(call, 'images/variations', limits);
    case '/v1/audio/transcriptions':
      return readTranscription(call, 'audio/transcriptions', limits);
    case '/v1/audio/translations':
      return readTranscription(call, 'audio/translations', limits);
    case '/v1/audio/speech':
      return readSpeech(body, limits);
    default:
      // What the path says counts, whatever the body says beside it.
      return readConversation(
        body,
        { ...parseBody(body), ...call.inPath },
        { ...CLIENTS[endpoint], ...(original && { original }) },
        limits,
      );
  }
}

/** Azure's clients name the deployment in the path, and then need not in the body. */
const namedInPath = ({ body, inPath }: InboundCall): Buffer =>
  inPath === null ? body : renameModel(body, parseBody(body), inPath.model);

type ConversationEndpoint =
  '/v1/responses' | '/v1/messages' | '/v1beta/models/{model}:generateContent' | '/api/chat' | '/api/generate';

function forProvider(body: Buffer, json: Readonly<Record<string, unknown>>, model: string): Buffer {
  return openai.forProvider(body, json, json['model'] === model ? {} : { model });
}

const CLIENTS: Readonly<Record<ConversationEndpoint, ConversationClient>> = {
  '/v1/responses': { protocol: openAiResponses, hasWishes: true, rename: forProvider },
  '/v1/messages': { protocol: anthropic, hasWishes: true, rename: forProvider },
  // The model stands in the path, which the connector makes.
  '/v1beta/models/{model}:generateContent': { protocol: gemini, rename: (body) => body },
  '/api/chat': { protocol: ollama, rename: renameModel },
  '/api/generate': { protocol: ollamaGenerate },
};
