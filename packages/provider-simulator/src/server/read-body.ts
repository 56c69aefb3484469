import type { IncomingMessage } from 'node:http';

/** Larger than any provider accepts without a file upload. */
const BODY_BYTES_MAX = 10 * 1024 * 1024;

type Done = (body: string | 'too_large') => void;

/**
 * Reads a request's body as UTF-8, or gives `too_large` as soon as it passes 10 MB, the rest being thrown away. Never calls back
 * when the client leaves before the end. Callbacks, not promises: this runs tens of thousands of times per second.
 */
export function readBody(request: IncomingMessage, done: Done): void {
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX) return tooLarge(request, done);
  let chunks: Buffer[] = [];
  let byteCount = 0;
  request.on('data', (chunk: Buffer) => {
    byteCount += chunk.length;
    if (byteCount <= BODY_BYTES_MAX) return void chunks.push(chunk);
    chunks = [];
    request.removeAllListeners('data').removeAllListeners('end');
    tooLarge(request, done);
  });
  request.on('end', () => done((chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString()));
}

function tooLarge(request: IncomingMessage, done: Done): void {
  request.resume();
  done('too_large');
}
