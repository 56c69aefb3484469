import { anthropic, openAiChat, openAiResponses, type ClientProtocol } from '@ao/wire';
import type { FastifyRequest } from 'fastify';
import type { CallEndpoint } from '../../application/calls/call.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whose shape the route's errors have; absent: OpenAI's. */
    protocol?: Pick<ClientProtocol, 'encodeError'>;
  }
}

/** Where a call comes in, and in which protocol. */
export interface CallRoute {
  url: string;
  endpoint: CallEndpoint;
  protocol: Pick<ClientProtocol, 'encodeError'>;
}

export const CALL_ROUTES: readonly CallRoute[] = [
  { url: '/v1/chat/completions', endpoint: '/v1/chat/completions', protocol: openAiChat },
  { url: '/v1/embeddings', endpoint: '/v1/embeddings', protocol: openAiChat },
  { url: '/v1/messages', endpoint: '/v1/messages', protocol: anthropic },
  { url: '/v1/responses', endpoint: '/v1/responses', protocol: openAiResponses },
];

/** The protocol that a request's client speaks. */
export const protocolOf = (request: FastifyRequest): Pick<ClientProtocol, 'encodeError'> =>
  request.routeOptions?.config?.protocol ?? openAiChat;
