import type { ErrorBody } from '@ao/kernel';
import type { Usage } from '@ao/pricing';
import type { Answer, AnswerEvent, ConversationRequest } from './canonical/index.js';
import type { UpstreamError } from './openai/errors.js';

/** The wire formats that conversations are held in: a folder each. */
export type ConversationProtocol =
  'openai-chat' | 'openai-completions' | 'openai-responses' | 'anthropic' | 'gemini' | 'bedrock' | 'cohere' | 'ollama';

/** Cuts a provider's stream into frames, however its chunks fall. */
export interface FrameScanner {
  /** The frames that this chunk completes. @throws AppError `upstream_error` on one that is too large or broken. */
  push(chunk: Buffer): Buffer[];
  /** What came after the last whole frame. */
  end(): Buffer | null;
}

/** Reads one stream of a provider, frame by frame. */
export interface StreamDecoder {
  /**
   * What a frame says; nothing for a comment or a keep-alive.
   * @throws SyntaxError or TypeError when it cannot be understood.
   */
  decode(frame: Buffer): AnswerEvent[];
}

/** What a request becomes for a provider. */
export interface EncodedRequest {
  readonly body: Buffer;
  /** Parameters that the protocol cannot express, by OpenAI's names: the caller is refused, or told that they were dropped. */
  readonly dropped: readonly string[];
}

/** What an encoder must know beside the request. */
export interface EncodeOptions {
  /** The provider's own name for the model. */
  readonly model: string;
  /** What the platform pays for: the client's own limit, or what it reserves where the client set none. */
  readonly maxOutputTokens: number;
}

/** How a provider is spoken to. */
export interface ProviderProtocol {
  readonly name: ConversationProtocol;
  /** The connector's endpoint that takes it. */
  readonly endpoint: string;
  /**
   * @throws AppError `unsupported_parameter` for content that cannot be expressed: dropping it would change the question.
   */
  encodeRequest(request: ConversationRequest, options: EncodeOptions): EncodedRequest;
  /** @throws SyntaxError or TypeError when it is no answer of this protocol. */
  decodeAnswer(body: Buffer): Answer;
  createScanner(): FrameScanner;
  createDecoder(): StreamDecoder;
  /** An error answer (status ≥ 400) as the platform tells it: OpenAI's schema, a 4xx keeping its status. */
  mapError(status: number, body: Buffer): UpstreamError;
}

/** What answers are labelled with where the provider gave nothing. */
export interface AnswerContext {
  /** Ours. */
  readonly id: string;
  /** As the client named it. */
  readonly model: string;
  readonly nowS: number;
  /** The client asked for usage in the stream; protocols that always tell it ignore this. */
  readonly includeUsage: boolean;
  /** The client's own body, for protocols whose answers repeat its settings (OpenAI's Responses). */
  readonly request?: unknown;
}

/** Writes one stream for a client. */
export interface StreamEncoder {
  /** The bytes that tell of an event; empty while there is nothing to tell yet. */
  encode(event: AnswerEvent): string;
  /**
   * The end of a whole answer: finish reason, usage and end marker, as far as they are not out yet.
   * @param costUsd What it cost, as a plain decimal, where the caller asked for it.
   */
  close(usage: Usage, costUsd: string | null): string;
  /** The end of one that broke off: nothing a client could take for a whole answer. */
  fail(error: ErrorBody): string;
}

/** How a client is spoken to. */
export interface ClientProtocol {
  readonly name: ConversationProtocol;
  /** Of a streamed answer. */
  readonly streamContentType: string;
  /** @throws AppError `missing_required_parameter`, `invalid_parameter` with `param`. */
  decodeRequest(json: unknown): ConversationRequest;
  encodeAnswer(answer: Answer, context: AnswerContext): string;
  /** A whole answer with its cost in it; absent where the protocol has no place for it. @param costUsd A plain decimal. */
  withCost?(answer: string, costUsd: string): string;
  createEncoder(context: AnswerContext): StreamEncoder;
  /** Our error in the protocol's shape. */
  encodeError(status: number, error: ErrorBody): string;
}
