import { AppError } from '@ao/kernel';
import type { CallEndpoint, InboundCall } from '../calls/call.js';

/** A provider's own API as it is offered below `/{name}/`. */
export interface NativeService {
  readonly name: string;
  /** Of the providers behind it. */
  readonly kinds: ReadonlySet<string>;
  /** Metered by the token. Paths are matched with their percent signs decoded. */
  readonly conversations: readonly Conversation[];
  /** Lists of models and the counting of tokens: they cost nothing and show nothing of anybody. */
  readonly open: readonly RegExp[];
}

interface Conversation {
  /** With the model and the verb in groups 1 and 2, where they stand in the path. */
  readonly path: RegExp;
  readonly endpoint: CallEndpoint;
}

/** What a request asks for. */
export type NativeOperation =
  | { kind: 'conversation'; endpoint: CallEndpoint; inPath: InboundCall['inPath'] }
  /** Free, and about nothing that belongs to anybody. */
  | { kind: 'open' }
  /** Free: reads or deletes what is stored at the provider. */
  | { kind: 'stored' }
  /** May cost: its price is a flat one. */
  | { kind: 'other' };

const GENERATE: CallEndpoint = '/v1beta/models/{model}:generateContent';
const verbs = 'generateContent|streamGenerateContent';
const MODELS = /^v1\/models(?:\/[^/]+)?$/;

const openAiLike = (name: string, ...kinds: string[]): NativeService => ({
  name,
  kinds: new Set(kinds),
  conversations: [
    { path: /^v1\/chat\/completions$/, endpoint: '/v1/chat/completions' },
    { path: /^v1\/embeddings$/, endpoint: '/v1/embeddings' },
  ],
  open: [MODELS],
});

/** Every native route: one entry each (GW-011). */
export const NATIVE_SERVICES: readonly NativeService[] = [
  openAiLike('openai', 'openai'),
  openAiLike('mistral', 'mistral'),
  {
    name: 'anthropic',
    kinds: new Set(['anthropic']),
    conversations: [{ path: /^v1\/messages$/, endpoint: '/v1/messages' }],
    open: [MODELS, /^v1\/messages\/count_tokens$/],
  },
  {
    name: 'gemini',
    kinds: new Set(['gemini']),
    conversations: [{ path: new RegExp(`^v1(?:beta)?/models/([^/:]+):(${verbs})$`), endpoint: GENERATE }],
    open: [/^v1(?:beta)?\/models(?:\/[^/:]+)?$/, /^v1(?:beta)?\/models\/[^/:]+:countTokens$/],
  },
  {
    name: 'vertex-ai',
    kinds: new Set(['vertex_ai', 'vertex_ai_beta']),
    conversations: [{ path: vertexModel(`:(${verbs})`), endpoint: GENERATE }],
    open: [vertexModel(':countTokens')],
  },
  {
    name: 'bedrock',
    kinds: new Set(['bedrock', 'bedrock_converse']),
    conversations: [{ path: /^model\/([^/]+)\/(converse|converse-stream)$/, endpoint: '/model/{model}/converse' }],
    open: [/^model\/[^/]+\/count-tokens$/],
  },
  {
    name: 'azure',
    kinds: new Set(['azure']),
    conversations: [
      { path: /^openai\/deployments\/([^/]+)\/chat\/completions$/, endpoint: '/v1/chat/completions' },
      { path: /^openai\/deployments\/([^/]+)\/embeddings$/, endpoint: '/v1/embeddings' },
      { path: /^openai\/v1\/chat\/completions$/, endpoint: '/v1/chat/completions' },
      { path: /^openai\/v1\/embeddings$/, endpoint: '/v1/embeddings' },
    ],
    open: [/^openai\/(?:v1\/)?models(?:\/[^/]+)?$/],
  },
  {
    name: 'cohere',
    kinds: new Set(['cohere', 'cohere_chat']),
    conversations: [{ path: /^v2\/chat$/, endpoint: '/v2/chat' }],
    open: [MODELS, /^v1\/tokenize$/],
  },
];

function vertexModel(verb: string): RegExp {
  return new RegExp(`^(?:v1(?:beta1)?/)?(?:projects/[^/]+/locations/[^/]+/)?publishers/google/models/([^/:]+)${verb}$`);
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE']);
const STREAMS: ReadonlySet<string> = new Set(['streamGenerateContent', 'converse-stream']);

/** @throws AppError `invalid_parameter` for what could not be metered. */
export function readOperation(
  service: NativeService,
  { method, path, query }: { method: string; path: string; query: string },
): NativeOperation {
  const plain = decoded(path);
  if (method !== 'DELETE' && service.open.some((pattern) => pattern.test(plain))) return { kind: 'open' };
  if (READS.has(method)) return { kind: 'stored' };
  if (method !== 'POST') return { kind: 'other' };
  for (const { path: pattern, endpoint } of service.conversations) {
    const found = pattern.exec(plain);
    if (!found) continue;
    const [, model, verb = ''] = found;
    if (endpoint === GENERATE) checkQuery(query, STREAMS.has(verb));
    return { kind: 'conversation', endpoint, inPath: inPathOf(model, verb) };
  }
  return { kind: 'other' };
}

function inPathOf(model: string | undefined, verb: string): InboundCall['inPath'] {
  return model === undefined ? null : { model: model.replaceAll('%2F', '/'), stream: STREAMS.has(verb) };
}

/** Under which name the flat price of a path is set: the service and the first two parts of the path. */
export function priceNameOf({ name }: NativeService, path: string): string {
  const parts = decoded(path).split('/').slice(0, 2).join('/');
  return `native:${name}/${parts}`.slice(0, PRICE_NAME_LENGTH_MAX);
}

const PRICE_NAME_LENGTH_MAX = 200;

/** Google's servers take wishes that would hide the usage, and stream in another form unless told. */
const HARMLESS: ReadonlySet<string> = new Set(['alt', 'key', 'prettyprint', '$prettyprint', '$alt']);

function checkQuery(query: string, isStream: boolean): void {
  const parameters = new URLSearchParams(query);
  const strange = [...parameters.keys()].find((name) => !HARMLESS.has(name.toLowerCase()));
  if (strange !== undefined) {
    throw new AppError('invalid_parameter', `Leave ${JSON.stringify(strange.slice(0, 80))} out of the query.`, {
      param: 'query',
    });
  }
  const form = parameters.get('alt') ?? parameters.get('$alt') ?? 'json';
  if (form === (isStream ? 'sse' : 'json')) return;
  throw new AppError(
    'invalid_parameter',
    `Ask for ${isStream ? 'alt=sse' : 'alt=json'}: other forms cannot be metered.`,
    {
      param: 'alt',
    },
  );
}

/** As a server compares it; a slash within a part stays hidden, for it parts nothing. */
function decoded(path: string): string {
  try {
    return path
      .split('/')
      .map((part) => decodeURIComponent(part).replaceAll('/', '%2F'))
      .join('/');
  } catch {
    throw new AppError('invalid_parameter', 'The path has a percent sign that stands for nothing.', { param: 'path' });
  }
}
