import type { ErrorBody } from '@ao/kernel';
import type { Usage } from '@ao/pricing';
import type { FrameScanner, ProviderProtocol, StreamDecoder } from '../protocol.js';
import type { AnswerStream, StreamPiece } from './exchange.js';

/** A stream that is read frame by frame through its provider's codec. */
export abstract class FramedStream implements AnswerStream {
  protected readonly decoder: StreamDecoder;
  private readonly scanner: FrameScanner;

  constructor(
    protocol: ProviderProtocol,
    readonly contentType: string,
  ) {
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

  abstract close(usage: Usage, costUsd: string | null): Buffer;
  abstract fail(error: ErrorBody): Buffer;
  protected abstract read(frame: Buffer): StreamPiece;
}
