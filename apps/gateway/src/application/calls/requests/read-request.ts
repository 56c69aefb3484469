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
import { readConverse } from './read-converse.js';
import { readEmbeddings } from './read-embeddings.js';
import { readUnread } from './read-unread.js';
import type { RequestFacts, RequestLimits } from './request-facts.js';

/** Reads a request. @throws AppError naming the field at fault (GW-019, GW-020). */
export function readRequest(call: InboundCall, limits: RequestLimits): RequestFacts {
  const { endpoint, body } = call;
  switch (endpoint) {
    case '/v1/chat/completions':
      return readChat(namedInPath(call), limits);
    case '/v1/embeddings':
      return readEmbeddings(namedInPath(call), limits);
    case '/model/{model}/converse':
      return readConverse(body, call.inPath!, limits);
    case 'native':
      return readUnread(call.native!);
    default:
      // What the path says counts, whatever the body says beside it.
      return readConversation(body, { ...parseBody(body), ...call.inPath }, CLIENTS[endpoint], limits);
  }
}

/** Azure's clients name the deployment in the path, and then need not in the body. */
const namedInPath = ({ body, inPath }: InboundCall): Buffer =>
  inPath === null ? body : renameModel(body, parseBody(body), inPath.model);

/** The same body for another model, every other byte as it was. */
function renameModel(body: Buffer, json: Readonly<Record<string, unknown>>, model: string): Buffer {
  const fields = json['model'] === model ? null : locateFields(body);
  return fields ? replaceFields(body, fields, { model }) : body;
}

const CLIENTS: Readonly<
  Record<Exclude<InboundCall['endpoint'], '/v1/chat/completions' | '/v1/embeddings' | '/model/{model}/converse' | 'native'>, ConversationClient>
> = {
  '/v1/responses': { protocol: openAiResponses, rename: renameModel },
  '/v1/messages': { protocol: anthropic, rename: renameModel },
  // The model stands in the path, which the connector makes.
  '/v1beta/models/{model}:generateContent': { protocol: gemini, rename: (body) => body },
  '/api/chat': { protocol: ollama, rename: renameModel },
  '/api/generate': { protocol: ollamaGenerate },
};
