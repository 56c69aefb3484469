import { anthropic, gemini, openAiChat, type ClientProtocol } from '@ao/wire';
import { AppError } from '@ao/kernel';
import type { Principal } from '@ao/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Authenticate } from '../../../application/authenticate.js';
import type { InboundCall, NativeCall } from '../../../application/calls/call.js';
import type { DirectOpenAi } from '../../../application/calls/choose-route.js';
import type { ModelState } from '../../../application/model-state.js';
import { chooseProvider } from '../../../application/native/choose-provider.js';
import {
  NATIVE_SERVICES,
  priceNameOf,
  readOperation,
  type NativeOperation,
  type NativeService,
} from '../../../application/native/native-services.js';
import type { PassThroughs } from '../../../application/native/pass-throughs.js';
import { answerCall, callParts, payingCaller, type CallDependencies } from '../answer-call.js';
import { HttpResponder } from '../http-responder.js';
import { header } from '../request-context.js';
import { baseHeaders } from '../response-headers.js';

export interface NativeDependencies extends CallDependencies {
  authenticate: Authenticate;
  state: ModelState;
  direct: DirectOpenAi;
  passThroughs: PassThroughs;
  sharedAccountsOpen: boolean;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const NO_BODY = Buffer.alloc(0);
const NAME_LENGTH_MAX = 128;

/** The APIs of providers as they are, with our credentials, limits and money (GW-011). */
export function registerNative(server: FastifyInstance, dependencies: NativeDependencies): void {
  void server.register(async (scope) => {
    // Forms, audio, whatever a provider takes: the body is not ours to read.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    for (const service of NATIVE_SERVICES) {
      scope.route({
        method: METHODS,
        url: `/${service.name}/*`,
        exposeHeadRoute: false,
        config: { protocol: ERRORS[service.name] ?? openAiChat },
        handler: async (request, reply) => {
          const principal = await payingCaller(request, dependencies.authenticate);
          const target = targetOf(request, service);
          const operation = readOperation(service, target);
          const named = header(request, 'x-ao-provider', NAME_LENGTH_MAX);
          const { state, direct, sharedAccountsOpen } = dependencies;
          const provider = chooseProvider(
            service,
            operation,
            { principal, named },
            { table: state.table, direct, sharedAccountsOpen },
          );
          const native = {
            provider,
            ...target,
            priceName: priceNameOf(service, target.path),
            free: operation.kind === 'open' || operation.kind === 'stored',
          };
          return answerNative({ request, reply, principal, operation, native }, dependencies);
        },
      });
    }
    // Known only while it runs: AO_CONFIG is read again when it changes.
    scope.route({
      method: METHODS,
      url: '/*',
      exposeHeadRoute: false,
      handler: async (request, reply) => {
        const [path, ...query] = request.raw.url!.split('?');
        const found = dependencies.passThroughs.find(request.method, path!);
        if (!found) return reply.callNotFound();
        const principal = await payingCaller(request, dependencies.authenticate);
        const native = { ...found, method: request.method, query: query.join('?') };
        return answerNative({ request, reply, principal, operation: { kind: 'other' }, native }, dependencies);
      },
    });
  });
}

interface NativeRequest {
  request: FastifyRequest;
  reply: FastifyReply;
  principal: Principal;
  operation: NativeOperation;
  native: Omit<NativeCall, 'contentType'>;
}

function answerNative(
  { request, reply, principal, operation, native }: NativeRequest,
  dependencies: NativeDependencies,
): Promise<FastifyReply> {
  const isConversation = operation.kind === 'conversation';
  const call: InboundCall = {
    ...callParts(request, principal, reply.raw),
    endpoint: isConversation ? operation.endpoint : 'native',
    inPath: isConversation ? operation.inPath : null,
    body: Buffer.isBuffer(request.body) ? request.body : NO_BODY,
    protocolHeaders: forwardedHeaders(request, operation),
    ownKey: undefined,
    native: { ...native, contentType: request.headers['content-type'] ?? null },
  };
  const responder = new HttpResponder(reply.raw, baseHeaders(request));
  return answerCall(call, responder, { request, reply }, dependencies);
}

const plainError: Pick<ClientProtocol, 'encodeError'> = {
  encodeError: (_status, { error }) => JSON.stringify({ message: error.message }),
};

/** Whose errors are not OpenAI's. */
const ERRORS: Readonly<Record<string, Pick<ClientProtocol, 'encodeError'>>> = {
  anthropic,
  gemini,
  'vertex-ai': gemini,
  bedrock: plainError,
  cohere: plainError,
};

/** As the caller wrote it: Fastify decodes what it gives. */
function targetOf(
  { method, raw }: FastifyRequest,
  { name }: NativeService,
): { method: string; path: string; query: string } {
  const [path, ...query] = raw.url!.slice(`/${name}/`.length).split('?');
  return { method, path: path!, query: query.join('?') };
}

/** The connector sends those on its list. A mask over the fields of an answer would hide what it is billed by. */
function forwardedHeaders({ headers }: FastifyRequest, { kind }: NativeOperation): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string' || CREDENTIALS.has(name)) continue;
    if (kind === 'conversation' && name === 'x-goog-fieldmask') {
      throw new AppError(
        'invalid_header_value',
        'Leave x-goog-fieldmask out: the answer is billed by all its fields.',
        {
          param: name,
        },
      );
    }
    given[name] = value;
  }
  return given;
}

const CREDENTIALS = new Set(['authorization', 'cookie', 'x-api-key', 'api-key', 'x-goog-api-key']);
