import {
  anthropic,
  gemini,
  locateFields,
  ollama,
  ollamaGenerate,
  openAiResponses,
  parseBody,
  replaceFields,
} from '@ao/wire';
import type { InboundCall } from '../call.js';
import { readChat } from './read-chat.js';
import { readConversation, type ConversationClient } from './read-conversation.js';
import { readEmbeddings } from './read-embeddings.js';
import type { RequestFacts, RequestLimits } from './request-facts.js';

/** Reads a request. @throws AppError naming the field at fault (GW-019, GW-020). */
export function readRequest(call: InboundCall, limits: RequestLimits): RequestFacts {
  const { endpoint, body } = call;
  switch (endpoint) {
    case '/v1/chat/completions':
      return readChat(body, limits);
    case '/v1/embeddings':
      return readEmbeddings(body, limits);
    default:
      // What the path says counts, whatever the body says beside it.
      return readConversation(body, { ...parseBody(body), ...call.inPath }, CLIENTS[endpoint], limits);
  }
}

/** The same body for another model, every other byte as it was. */
function renameModel(body: Buffer, json: Readonly<Record<string, unknown>>, model: string): Buffer {
  const fields = json['model'] === model ? null : locateFields(body);
  return fields ? replaceFields(body, fields, { model }) : body;
}

const CLIENTS: Readonly<
  Record<Exclude<InboundCall['endpoint'], '/v1/chat/completions' | '/v1/embeddings'>, ConversationClient>
> = {
  '/v1/responses': { protocol: openAiResponses, rename: renameModel },
  '/v1/messages': { protocol: anthropic, rename: renameModel },
  // The model stands in the path, which the connector makes.
  '/v1beta/models/{model}:generateContent': { protocol: gemini, rename: (body) => body },
  '/api/chat': { protocol: ollama, rename: renameModel },
  '/api/generate': { protocol: ollamaGenerate },
};
