import { AppError } from '@ao/kernel';
import { anthropic, gemini, ollama, openAiChat, type ClientProtocol } from '@ao/wire';
import type { FastifyRequest } from 'fastify';
import type { CallEndpoint, InboundCall } from '../../application/calls/call.js';

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
  /** Takes `multipart/form-data` instead of JSON. */
  takesForm?: boolean;
  /** Reads what the path says. @throws AppError `not_found`. */
  readPath?: (path: string) => InboundCall['inPath'];
  /** Asks for the tokens of a prompt instead of an answer. */
  counts?: (path: string) => boolean;
}

export const CALL_ROUTES: readonly CallRoute[] = [
  { url: '/v1/chat/completions', endpoint: '/v1/chat/completions', protocol: openAiChat },
  { url: '/v1/completions', endpoint: '/v1/completions', protocol: openAiChat },
  { url: '/v1/embeddings', endpoint: '/v1/embeddings', protocol: openAiChat },
  { url: '/v1/moderations', endpoint: '/v1/moderations', protocol: openAiChat },
  { url: '/v1/rerank', endpoint: '/v1/rerank', protocol: openAiChat },
  { url: '/v2/rerank', endpoint: '/v1/rerank', protocol: openAiChat },
  { url: '/v1/images/generations', endpoint: '/v1/images/generations', protocol: openAiChat },
  { url: '/v1/audio/speech', endpoint: '/v1/audio/speech', protocol: openAiChat },
  ...(['/v1/images/edits', '/v1/images/variations', '/v1/audio/transcriptions', '/v1/audio/translations'] as const).map(
    (endpoint) => ({ url: endpoint, endpoint, protocol: openAiChat, takesForm: true }),
  ),
  { url: '/v1/responses', endpoint: '/v1/responses', protocol: openAiChat },
  { url: '/v1/messages', endpoint: '/v1/messages', protocol: anthropic },
  { url: '/v1/messages/count_tokens', endpoint: '/v1/messages', protocol: anthropic, counts: () => true },
  ...['/v1beta/models/*', '/v1/models/*'].map((url) => ({
    url,
    endpoint: '/v1beta/models/{model}:generateContent' as const,
    protocol: gemini,
    readPath: readGeminiPath,
    counts: (path: string) => path.endsWith(':countTokens'),
  })),
  { url: '/api/chat', endpoint: '/api/chat', protocol: ollama },
  { url: '/api/generate', endpoint: '/api/generate', protocol: ollama },
];

/** `{model}:generateContent`; a model's name may have slashes and colons of its own. */
function readGeminiPath(path: string): InboundCall['inPath'] {
  const colon = path.lastIndexOf(':');
  const [model, verb] = [path.slice(0, Math.max(colon, 0)), path.slice(colon + 1)];
  if (model !== '' && (verb === 'generateContent' || verb === 'countTokens')) return { model, stream: false };
  if (model !== '' && verb === 'streamGenerateContent') return { model, stream: true };
  throw new AppError(
    'not_found',
    'A model can be asked for :generateContent, :streamGenerateContent and :countTokens.',
  );
}

/** The protocol that a request's client speaks. */
export const protocolOf = (request: FastifyRequest): Pick<ClientProtocol, 'encodeError'> =>
  request.routeOptions?.config?.protocol ?? openAiChat;
