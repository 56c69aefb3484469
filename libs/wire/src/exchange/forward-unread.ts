import { AppError, type ErrorBody } from '@ao/kernel';
import type { Usage } from '@ao/pricing';
import { mapUpstreamError } from '../openai/errors.js';
import { NOTHING, plainPiece, type AnswerStream, type Exchange, type StreamPiece } from './exchange.js';

/** Bytes of any kind, passed on unread: one call with an answer of any kind consumes `usage`. */
export function forwardUnread(usage: Usage): Exchange {
  return {
    endpoint: '',
    body: NOTHING,
    dropped: [],
    readAnswer: () => null,
    openStream: () => new UnreadStream(usage),
    mapError: mapUpstreamError,
  };
}

class UnreadStream implements AnswerStream {
  /** The provider's own. */
  readonly contentType = null;

  constructor(private readonly usage: Usage) {}

  push(chunk: Buffer): StreamPiece[] {
    return [{ ...plainPiece('other'), bytes: chunk, usage: this.usage }];
  }

  end(): StreamPiece[] {
    return [{ ...plainPiece('done'), usage: this.usage, finishReason: 'end' }];
  }

  close(): Buffer {
    return NOTHING;
  }

  /** No answer of a kind unknown can tell of a failure: only a connection that breaks can. */
  fail({ error }: ErrorBody): Buffer {
    throw new AppError('stream_error', error.message);
  }
}
