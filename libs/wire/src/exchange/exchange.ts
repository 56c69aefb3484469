import type { ErrorBody } from '@ao/kernel';
import type { Usage } from '@ao/pricing';
import type { UpstreamError } from '../openai/errors.js';

/** One call between a client's protocol and a provider's, whatever the two are. */
export interface Exchange {
  /** The connector's endpoint, such as `chat/completions`. */
  readonly endpoint: string;
  /** What the provider is sent. */
  readonly body: Buffer;
  /** Of the body; absent: JSON. */
  readonly contentType?: string;
  /** The answer, such as sound, is handed on as it comes, unread and with the provider's content type. */
  readonly isOpaque?: boolean;
  /** Parameters that the provider's protocol has no word for, by OpenAI's names. */
  readonly dropped: readonly string[];
  /** Reads a whole answer; null when it is none. @param contentType As the provider says it. */
  readAnswer(body: Buffer, contentType?: string): WholeAnswer | null;
  openStream(options: StreamOptions): AnswerStream;
  /** An error answer (status ≥ 400) as the platform tells it. */
  mapError(status: number, body: Buffer): UpstreamError;
}

export interface StreamOptions {
  /** The caller asked for the usage itself; else it is withheld where the protocol has it apart. */
  readonly includeUsage: boolean;
  /** The end is to say what the call cost. */
  readonly includeCost: boolean;
}

/** What the platform must know of an answer, or of a part of one. */
export interface AnswerFacts {
  readonly finishReason: string | null;
  /** As the provider reported it. */
  readonly usage: Usage | null;
  /** How the provider says it served the call; null: as usual. */
  readonly serviceTier: string | null;
  /** The generated text, all kinds together, for counting where the provider reports no usage. */
  text(): string;
}

/** A whole answer as the client is to have it. */
export interface WholeAnswer extends AnswerFacts {
  readonly body: Buffer;
  readonly contentType: string;
  /** The same with its cost in it, where the client's protocol has a place for it. */
  withCost(costUsd: string): Buffer;
}

/** A part of a streamed answer. */
export interface StreamPiece extends AnswerFacts {
  /**
   * `chunk`: part of the answer. `other`: the client is to have it, but it is no text. `withheld`: not for the client.
   * `done`: the provider's end marker. `error`: the provider failed, and says why. `malformed`: cannot be understood.
   */
  readonly kind: 'chunk' | 'other' | 'withheld' | 'done' | 'error' | 'malformed';
  /** For the client; empty when it gets nothing. */
  readonly bytes: Buffer;
  /** Bytes of generated text: at least as many as it has tokens. */
  readonly textBytes: number;
  /** What the provider said, of kind `error`. */
  readonly error: string | null;
}

/** A streamed answer on its way from a provider to a client. */
export interface AnswerStream {
  /** Null: whatever the provider calls it. */
  readonly contentType: string | null;
  /** The pieces that a chunk of the provider's completes. @throws AppError `upstream_error` on a frame over the limit. */
  push(chunk: Buffer): StreamPiece[];
  /** What came after the last whole frame. */
  end(): StreamPiece[];
  /** The end of a whole answer. @param costUsd Where the end is to say it. */
  close(usage: Usage, costUsd: string | null): Buffer;
  /** The end of one that broke off after it had begun. */
  fail(error: ErrorBody): Buffer;
}

export const NOTHING = Buffer.alloc(0);
const noText = (): string => '';

/** A piece that says nothing but what it is. */
export const plainPiece = (kind: StreamPiece['kind'], bytes = NOTHING, error: string | null = null): StreamPiece => ({
  kind,
  bytes,
  error,
  textBytes: 0,
  finishReason: null,
  usage: null,
  serviceTier: null,
  text: noText,
});

const ERROR_CHARACTERS_MAX = 500;

/** What a provider said of its failure, if it is fit to be told. */
export function errorText(error: unknown): string {
  const message = typeof error === 'object' && error !== null ? (error as { message?: unknown }).message : error;
  return typeof message === 'string' && message !== ''
    ? message.slice(0, ERROR_CHARACTERS_MAX)
    : 'The provider reported an error in the stream.';
}
