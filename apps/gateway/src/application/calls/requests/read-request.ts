import { anthropic, gemini, ollama, ollamaGenerate, openAiResponses, parseBody } from '@ao/wire';
import type { InboundCall } from '../call.js';
import { readChat } from './read-chat.js';
import { readCompletion } from './read-completion.js';
import { readConversation, renameModel, type ConversationClient } from './read-conversation.js';
import { readEmbeddings } from './read-embeddings.js';
import { readImages } from './read-images.js';
import { readModeration } from './read-moderation.js';
import { readRerank } from './read-rerank.js';
import { readSpeech } from './read-speech.js';
import type { RequestFacts, RequestLimits } from './request-facts.js';

/** Reads a request. @throws AppError naming the field at fault (GW-019, GW-020). */
export function readRequest(call: InboundCall, limits: RequestLimits): RequestFacts {
  const { endpoint, body, original } = call;
  switch (endpoint) {
    case '/v1/chat/completions':
      return readChat(body, limits);
    case '/v1/completions':
      return readCompletion(body, limits);
    case '/v1/embeddings':
      return readEmbeddings(body, limits);
    case '/v1/moderations':
      return readModeration(body, limits);
    case '/v1/rerank':
      return readRerank(body, limits);
    case '/v1/images/generations':
      return readImages(body, limits);
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

type ConversationEndpoint = '/v1/responses' | '/v1/messages' | '/v1beta/models/{model}:generateContent' | '/api/chat' | '/api/generate';

const CLIENTS: Readonly<Record<ConversationEndpoint, ConversationClient>> = {
  '/v1/responses': { protocol: openAiResponses, rename: renameModel },
  '/v1/messages': { protocol: anthropic, rename: renameModel },
  // The model stands in the path, which the connector makes.
  '/v1beta/models/{model}:generateContent': { protocol: gemini, rename: (body) => body },
  '/api/chat': { protocol: ollama, rename: renameModel },
  '/api/generate': { protocol: ollamaGenerate },
};
