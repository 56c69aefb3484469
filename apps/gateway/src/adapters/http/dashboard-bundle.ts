import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

/** One file of the web app, ready to send. */
export interface BundleFile {
  body: Buffer;
  /** Null where compressing gains nothing. */
  gzipped: Buffer | null;
  contentType: string;
  /** Of the content, without quotes. */
  hash: string;
  /** Its name carries a hash of its content: it never changes. */
  immutable: boolean;
}

/** Path below the folder, with forward slashes → file. */
export type DashboardBundle = ReadonlyMap<string, BundleFile>;

/** The bundle stays in memory: about 1 MB of some ten files today; more than this is a mistake in the build. */
const BUNDLE_BYTES_MAX = 16 * 1024 * 1024;
const FILES_MAX = 256;
const COMPRESS_FROM_BYTES = 1_024;

const TEXT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};
const BINARY_TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};
/** How the bundler names what it may name by content. */
const HASHED_NAME = /^assets\/.+-[\w-]{8}\.\w+$/;

/**
 * Reads a built web app whole, so that no request touches the disk and no path of a request ever reaches it. Only plain
 * files of known types are taken: links, source maps and whatever else lies there are left out.
 * @param folder The bundler's output.
 * @returns Null when there is no bundle.
 * @throws RangeError when it is larger than any bundle should be; the file system's error when it cannot be read.
 */
export function loadDashboardBundle(folder: string): DashboardBundle | null {
  if (!statSync(join(folder, 'index.html'), { throwIfNoEntry: false })?.isFile()) return null;
  const files = new Map<string, BundleFile>();
  let bytesLeft = BUNDLE_BYTES_MAX;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const contentType = contentTypeOf(entry.name);
    if (!entry.isFile() || contentType === undefined) continue;
    bytesLeft -= statSync(path).size;
    if (bytesLeft < 0 || files.size >= FILES_MAX)
      throw new RangeError(`a dashboard has at most ${FILES_MAX} files of ${BUNDLE_BYTES_MAX} bytes together`);
    const name = relative(folder, path).replaceAll(sep, '/');
    files.set(name, toBundleFile(name, readFileSync(path), contentType));
  }
  return files;
}

function toBundleFile(name: string, body: Buffer, contentType: string): BundleFile {
  const compressible = extname(name) in TEXT_TYPES && body.length >= COMPRESS_FROM_BYTES;
  return {
    body,
    gzipped: compressible ? gzipSync(body, { level: 9 }) : null,
    contentType,
    hash: createHash('sha256').update(body).digest('base64url').slice(0, 27),
    immutable: HASHED_NAME.test(name),
  };
}

const contentTypeOf = (name: string): string | undefined => TEXT_TYPES[extname(name)] ?? BINARY_TYPES[extname(name)];
