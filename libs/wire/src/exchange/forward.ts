import type { ErrorBody } from '@ao/kernel';
import { encodeException } from '../bedrock/event-stream.js';
import { bedrock } from '../bedrock/index.js';
import { cohere } from '../cohere/index.js';
import type { ClientProtocol, ProviderProtocol } from '../protocol.js';
import { NOTHING, plainPiece, type Exchange, type StreamPiece, type WholeAnswer } from './exchange.js';
import { FramedStream } from './framed-stream.js';
import { factsOf, pieceOf, readOrNull, type Labels } from './translate.js';

/** One protocol on both sides: bytes pass as they came, and are parsed beside it for what the platform must know. */
export function forward(body: Buffer, protocol: ClientProtocol & ProviderProtocol, labels: Labels): Exchange {
  return forwardAs(body, protocol, {
    contentType: protocol.streamContentType,
    fail: (error) => Buffer.from(protocol.createEncoder({ ...labels, includeUsage: true }).fail(error)),
  });
}

/** Converse of Amazon Bedrock on both sides. */
export function forwardConverse(body: Buffer): Exchange {
  return forwardAs(body, bedrock, {
    contentType: 'application/vnd.amazon.eventstream',
    fail: ({ error }) => encodeException('internalServerException', error.message),
  });
}

/** Cohere's chat on both sides. */
export function forwardCohere(body: Buffer): Exchange {
  return forwardAs(body, cohere, {
    contentType: 'text/event-stream; charset=utf-8',
    fail: ({ error }) => Buffer.from(failedMessage(error.message)),
  });
}

/** As Cohere itself ends a message that it could not finish. */
function failedMessage(error: string): string {
  const event = { type: 'message-end', delta: { finish_reason: 'ERROR', error } };
  return `event: message-end\ndata: ${JSON.stringify(event)}\n\n`;
}

/** How a stream in the provider's own protocol is labelled, and how it breaks off. */
interface StreamForm {
  contentType: string;
  fail: (error: ErrorBody) => Buffer;
}

function forwardAs(body: Buffer, protocol: ProviderProtocol, form: StreamForm): Exchange {
  return {
    endpoint: protocol.endpoint,
    body,
    dropped: [],
    readAnswer: (bytes) => readForwarded(bytes, protocol),
    openStream: () => new ForwardedStream(protocol, form),
    mapError: (status, bytes) => protocol.mapError(status, bytes),
  };
}

function readForwarded(body: Buffer, protocol: ProviderProtocol): WholeAnswer | null {
  const answer = readOrNull(() => protocol.decodeAnswer(body));
  return answer && { ...factsOf(answer), body, contentType: 'application/json', withCost: () => body };
}

class ForwardedStream extends FramedStream {
  /** The provider's end marker: it goes out when the call has settled, or never. */
  private last: Buffer | null = null;

  constructor(
    protocol: ProviderProtocol,
    private readonly form: StreamForm,
  ) {
    super(protocol, form.contentType);
  }

  close(): Buffer {
    return this.last ?? NOTHING;
  }

  fail(error: ErrorBody): Buffer {
    return this.form.fail(error);
  }

  protected read(frame: Buffer): StreamPiece {
    if (this.last) return plainPiece('withheld');
    const events = readOrNull(() => this.decoder.decode(frame));
    if (!events) return plainPiece('malformed');
    const isEnd = events.some(({ type }) => type === 'done');
    if (isEnd) this.last = frame;
    return pieceOf(events, isEnd ? NOTHING : frame);
  }
}
