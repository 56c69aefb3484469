import type { IncomingMessage } from 'node:http';

/** Larger than any provider accepts without a file upload. */
const BODY_BYTES_MAX = 10 * 1024 * 1024;
/** A form with files: providers take audio up to 25 MB and images up to 50 MB. */
const FORM_BYTES_MAX = 64 * 1024 * 1024;

type Done = (body: Buffer | 'too_large') => void;

/** Whether the request carries a multipart form. */
export function isForm(request: IncomingMessage): boolean {
  return request.headers['content-type']?.startsWith('multipart/form-data') === true;
}

/**
 * Reads a request's body, or gives `too_large` as soon as it passes 10 MB (a form: 64 MB), the rest being thrown away. Never
 * calls back when the client leaves before the end. Callbacks, not promises: this runs tens of thousands of times per second.
 */
export function readBody(request: IncomingMessage, done: Done): void {
  const bytesMax = isForm(request) ? FORM_BYTES_MAX : BODY_BYTES_MAX;
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) return tooLarge(request, done);
  let chunks: Buffer[] = [];
  let byteCount = 0;
  request.on('data', (chunk: Buffer) => {
    byteCount += chunk.length;
    if (byteCount <= bytesMax) return void chunks.push(chunk);
    chunks = [];
    request.removeAllListeners('data').removeAllListeners('end');
    tooLarge(request, done);
  });
  request.on('end', () => done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
}

function tooLarge(request: IncomingMessage, done: Done): void {
  request.resume();
  done('too_large');
}
