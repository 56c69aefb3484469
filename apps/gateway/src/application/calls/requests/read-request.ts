import { anthropic, locateFields, openAiResponses, parseBody, replaceFields } from '@ao/wire';
import type { InboundCall } from '../call.js';
import { readChat } from './read-chat.js';
import { readConversation } from './read-conversation.js';
import { readEmbeddings } from './read-embeddings.js';
import type { RequestFacts, RequestLimits } from './request-facts.js';

/** Reads a request. @throws AppError naming the field at fault (GW-019, GW-020). */
export function readRequest({ endpoint, body, original }: InboundCall, limits: RequestLimits): RequestFacts {
  switch (endpoint) {
    case '/v1/chat/completions':
      return readChat(body, limits);
    case '/v1/embeddings':
      return readEmbeddings(body, limits);
    case '/v1/messages':
      return readConversation(body, parseBody(body), { protocol: anthropic, rename: renameModel }, limits);
    case '/v1/responses': {
      const client = { protocol: openAiResponses, rename: renameModel, ...(original && { original }) };
      return readConversation(body, parseBody(body), client, limits);
    }
  }
}

/** The same body for another model, every other byte as it was. */
function renameModel(body: Buffer, json: Readonly<Record<string, unknown>>, model: string): Buffer {
  const fields = json['model'] === model ? null : locateFields(body);
  return fields ? replaceFields(body, fields, { model }) : body;
}
