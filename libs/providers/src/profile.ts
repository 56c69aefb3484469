import type { AuthScheme } from './auth/auth-scheme.js';
import type { ListedModel } from './connector.js';
import type { Continuation, ConversationProtocol, EmbeddingsProtocol, Endpoint } from './endpoints.js';
import type { Address } from './transport/base-url.js';

/** What the path of a call depends on. */
export interface PathCall {
  /** Percent-encoded, fit for one segment. */
  readonly model: string;
  readonly stream: boolean;
  readonly address: Address;
}

type RelativePath = string | ((call: PathCall) => string);

/** With its leading slash, below `basePath` unless `absolute`; may end in a query. */
export type PathOf = RelativePath | { readonly absolute: RelativePath };

/** How a provider tells which models it has. */
export interface ModelList {
  readonly path: PathOf;
  /** Of another server than the base URL's. */
  readonly origin?: (address: Address) => string;
  /** The models in a parsed answer; null when it is no such list. */
  readonly read: (answer: unknown) => readonly ListedModel[] | null;
}

/** All that makes one kind of provider different from another: data, and functions that compute paths from settings. */
export interface ProviderProfile {
  /** As AO_CONFIG and the API name it: LiteLLM's prefix where there is one. */
  readonly kind: string;
  /** Further names of the same. */
  readonly aliases?: readonly string[];
  /** Whose prices hold; the kind's own unless given. */
  readonly vendor?: string;
  /** Null: every provider of this kind has its own, which has to be given. */
  readonly baseUrl: string | null;
  /** The variable with its key when AO_CONFIG names none; read only for calls to `baseUrl` itself. */
  readonly keyVariable?: string;
  readonly auth: AuthScheme;
  readonly protocols: readonly ConversationProtocol[];
  /** What a model speaks, where models differ. */
  readonly protocolsFor?: (model: string) => readonly ConversationProtocol[];
  readonly embeddings: EmbeddingsProtocol | null;
  readonly streamUsage: 'on_request' | 'always' | 'never';
  readonly outputLimitField?: 'max_tokens' | 'max_completion_tokens';
  /** How a model is had to go on with an answer that was begun; it cannot, unless given. */
  readonly continuation?: Continuation;
  /** Where all paths begin; the path of the base URL unless given. */
  readonly basePath?: (address: Address) => string;
  readonly paths: Readonly<Partial<Record<Endpoint, PathOf>>>;
  /** Null: it has none; a connection test then sends an empty request to the first endpoint. */
  readonly models: ModelList | null;
  /** Where a client's own path is put for native pass-through; below the server's root unless given. */
  readonly nativePath?: (path: string, address: Address) => string;
  /** What a client's own query becomes for native pass-through. */
  readonly nativeQuery?: (query: string, path: string, address: Address) => string;
  /** Slashes in one segment are meant: `%2F` may be forwarded. */
  readonly encodesSlashes?: boolean;
  /** By the name of the socket: path and query, with the leading slash. */
  readonly sockets?: Readonly<Record<string, PathOf>>;
  /** Headers of the protocol that a request may add to ours. */
  readonly passedOn?: readonly string[];
  /** Headers that the protocol asks for, unless the request gives them. */
  readonly defaultHeaders?: Readonly<Record<string, string>>;
  /** Which header names our organisation. */
  readonly organisationHeader?: string;
  /** What a stream is asked for as; `text/event-stream` unless given. */
  readonly streamType?: string;
}
