import { AppError } from '@ao/kernel';

/** What a path may be made of (RFC 3986 §3.3): no backslash, control character, space, question mark or number sign. */
const PATH = /^[A-Za-z0-9\-._~!$&'()*+,;=:@%/]{0,2048}$/;
const ESCAPE = /%(?![0-9A-Fa-f]{2})/;
/** Some servers cut a segment at its semicolon before they look at its dots. */
const DOTS = /^\.{1,2}(?:;|$)/;

/**
 * A caller's path below a provider's root, without its leading slash. Refuses whatever any server on the way could read as
 * another path or another host: dot segments, empty ones, and characters that are hidden behind percent signs.
 * @throws AppError `invalid_parameter`
 */
export function forwardedPath(text: string, { encodesSlashes = false } = {}): string {
  const path = text.startsWith('/') ? text.slice(1) : text;
  if (!PATH.test(path) || ESCAPE.test(path)) throw refusal();
  const segments = path.split('/');
  // One slash at the end is an address of its own.
  const inner = segments.at(-1) === '' ? segments.slice(0, -1) : segments;
  if (inner.some((segment) => !isPlain(segment, encodesSlashes))) throw refusal();
  return path;
}

function isPlain(segment: string, encodesSlashes: boolean): boolean {
  const decoded = decode(segment);
  // A percent sign that is still there would be decoded by the next server.
  if (decoded === null || /[\u0000-\u001f\u007f\\%]/.test(decoded)) return false;
  const parts = decoded.split('/');
  if (parts.length > 1 && !encodesSlashes) return false;
  return parts.every((part) => part !== '' && !DOTS.test(part));
}

function decode(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

const refusal = (): AppError =>
  new AppError(
    'invalid_parameter',
    'The path cannot be forwarded: leave out dot segments, empty segments and escapes.',
    {
      param: 'path',
    },
  );
