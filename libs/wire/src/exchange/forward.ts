import type { ErrorBody } from '@ao/kernel';
import type { ClientProtocol, FrameScanner, ProviderProtocol, StreamDecoder } from '../protocol.js';
import {
  NOTHING,
  plainPiece,
  type AnswerStream,
  type Exchange,
  type StreamPiece,
  type WholeAnswer,
} from './exchange.js';
import { factsOf, pieceOf, readOrNull, type Labels } from './translate.js';

/** One protocol on both sides: bytes pass as they came, and are parsed beside it for what the platform must know. */
export function forward(body: Buffer, protocol: ClientProtocol & ProviderProtocol, labels: Labels): Exchange {
  return {
    endpoint: protocol.endpoint,
    body,
    dropped: [],
    readAnswer: (bytes) => readForwarded(bytes, protocol),
    openStream: () => new ForwardedStream(protocol, labels),
    mapError: (status, bytes) => protocol.mapError(status, bytes),
  };
}

function readForwarded(body: Buffer, protocol: ProviderProtocol): WholeAnswer | null {
  const answer = readOrNull(() => protocol.decodeAnswer(body));
  return answer && { ...factsOf(answer), body, contentType: 'application/json', withCost: () => body };
}

class ForwardedStream implements AnswerStream {
  readonly contentType: string;
  private readonly scanner: FrameScanner;
  private readonly decoder: StreamDecoder;
  /** The provider's end marker: it goes out when the call has settled, or never. */
  private last: Buffer | null = null;

  constructor(
    private readonly protocol: ClientProtocol & ProviderProtocol,
    private readonly labels: Labels,
  ) {
    this.contentType = protocol.streamContentType;
    this.scanner = protocol.createScanner();
    this.decoder = protocol.createDecoder();
  }

  push(chunk: Buffer): StreamPiece[] {
    return this.scanner.push(chunk).map((frame) => this.read(frame));
  }

  end(): StreamPiece[] {
    const rest = this.scanner.end();
    return rest ? [this.read(rest)] : [];
  }

  close(): Buffer {
    return this.last ?? NOTHING;
  }

  fail(error: ErrorBody): Buffer {
    return Buffer.from(this.protocol.createEncoder({ ...this.labels, includeUsage: true }).fail(error));
  }

  private read(frame: Buffer): StreamPiece {
    if (this.last) return plainPiece('withheld');
    const events = readOrNull(() => this.decoder.decode(frame));
    if (!events) return plainPiece('malformed');
    const isEnd = events.some(({ type }) => type === 'done');
    if (isEnd) this.last = frame;
    return pieceOf(events, isEnd ? NOTHING : frame);
  }
}
