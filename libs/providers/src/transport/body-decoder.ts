import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress, constants } from 'node:zlib';
import type { Transform } from 'node:stream';
import { UpstreamFailure } from './upstream-failure.js';
import type { UpstreamBody } from './upstream-body.js';

/** Every chunk comes out as soon as it has come in: a stream must not wait for the decompressor's buffer to fill. */
const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip({ flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_FINISH }),
  'x-gzip': () => createGunzip({ flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_FINISH }),
  deflate: () => createInflate({ flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_FINISH }),
  br: () => createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
  zstd: () => createZstdDecompress({ flush: constants.ZSTD_e_flush }),
};

/**
 * Undoes the compression of providers that compress although we ask them not to.
 * @throws UpstreamFailure `protocol` for an encoding that we do not know.
 */
export class BodyDecoder {
  private readonly decoder: Transform;

  constructor(
    encoding: string,
    body: UpstreamBody,
    onInputFull: () => void,
    onInputFree: () => void,
    onDone: (error?: Error) => void,
  ) {
    const create = DECODERS[encoding.trim().toLowerCase()];
    if (create === undefined)
      throw new UpstreamFailure('protocol', { mayBeCharged: true, internal: `encoding ${encoding}` });
    this.onInputFull = onInputFull;
    this.decoder = create()
      .on('data', (chunk: Buffer) => body.push(chunk))
      .on('drain', onInputFree)
      .on('end', () => onDone())
      .on('error', onDone);
  }

  private readonly onInputFull: () => void;

  write(chunk: Buffer): void {
    if (!this.decoder.write(chunk)) this.onInputFull();
  }

  end(): void {
    this.decoder.end();
  }

  pause(): void {
    this.decoder.pause();
  }

  resume(): void {
    this.decoder.resume();
  }

  destroy(): void {
    this.decoder.destroy();
  }
}

/** The encoding to undo, or null. */
export function encodingToUndo(contentEncoding: string | string[] | undefined): string | null {
  const encoding = String(contentEncoding ?? '').trim();
  return encoding === '' || encoding.toLowerCase() === 'identity' ? null : encoding;
}
