import type { Principal } from '@ao/contracts';
import type { CacheControls } from '../cache/cache-controls.js';
import type { Provider } from '@ao/router';
import type { openai } from '@ao/wire';

/** The data-plane endpoints, as the request log names them. */
export type CallEndpoint =
  | '/v1/chat/completions'
  | '/v1/completions'
  | '/v1/embeddings'
  | '/v1/moderations'
  | '/v1/rerank'
  | '/v1/images/generations'
  | '/v1/images/edits'
  | '/v1/images/variations'
  | '/v1/audio/speech'
  | '/v1/audio/transcriptions'
  | '/v1/audio/translations'
  | '/v1/responses'
  | '/v1/messages'
  | '/v1beta/models/{model}:generateContent'
  | '/api/chat'
  | '/api/generate'
  | '/model/{model}/converse'
  | '/v2/chat'
  | 'native';

/** A request of a provider's own API, handed on as it is but for credentials (GW-011). */
export interface NativeCall {
  provider: Provider;
  method: string;
  /** Below the provider's root, without the query. */
  path: string;
  /** Without its question mark. */
  query: string;
  contentType: string | null;
  /** Under which name its flat price is set; for paths that are no conversation. */
  priceName: string;
  /** It asks for nothing that costs. */
  free: boolean;
}

/** Those wishes that headers can say. */
type HeaderWishes = Pick<openai.RequestWishes, 'retriesMax' | 'timeoutMs' | 'streamTimeoutMs'>;

/** A call as it came in: who, what, and how to tell that the caller left. */
export interface InboundCall {
  /** Ours, unique: what is billed. */
  callId: string;
  /** The caller's own request id or a UUID. */
  correlationId: string;
  endpoint: CallEndpoint;
  principal: Principal;
  /** JSON, or a form; untouched. */
  body: Buffer;
  /** The content type of a form, which names its boundary; absent: JSON. */
  formType?: string;
  /** What the caller sent, where the body was completed by what it refers to. */
  original?: Readonly<Record<string, unknown>>;
  /** What the path says in protocols that have it there, as Gemini's; null elsewhere. */
  inPath: { model: string; stream: boolean } | null;
  /** Headers of the caller's protocol that are the provider's to read, such as `anthropic-beta`; connectors know theirs. */
  protocolHeaders: Readonly<Record<string, string>>;
  /** Of a native route; bytes, answers and errors then pass unchanged. */
  native?: NativeCall;
  /** The caller's own OpenAI key, where the configuration lets it count. */
  ownKey: string | undefined;
  /** What headers ask of us for this call; absent: nothing. */
  wishes?: HeaderWishes;
  tags: string[];
  /** Of an end user, where a header names one. */
  endUserId: string | null;
  /** Of an agent session. */
  sessionId: string | null;
  featureId: string | null;
  /** As the connection, or a trusted proxy, tells it; absent where there is none. */
  clientAddress?: string;
  /** Told what the caller is to read of its limits, on whatever answer follows. */
  onLimits?: (headers: Record<string, string>) => void;
  /** Where the caller would like to be served, by the beginning of a region's name. */
  region?: string | null;
  /** Where the call comes from (ISO 3166, two letters); absent or null: not known. */
  country?: string | null;
  startedAtMs: number;
  startedMonotonicMs: number;
  /** Made for another call, which its limits let in already. */
  isAdmitted?: true;
  /** What the caller wants of the response cache; absent: what is set. */
  cache?: CacheControls;
  /** Aborts when the caller leaves. */
  signal: AbortSignal;
}

/** Writes the answer to the caller; the HTTP adapter is behind it. */
export interface Responder {
  /** Sends status and headers, once. */
  head(status: number, headers: Record<string, string>): void;
  /** Resolves when the caller's connection can take more: back-pressure reaches the provider through it. */
  write(chunk: Buffer): Promise<void> | void;
  /** Ends the answer; `trailers` follow a streamed one. */
  end(chunk?: Buffer, trailers?: Record<string, string>): void;
}
