import { AppError } from '@ao/kernel';
import type { Behaviour } from './behaviour.js';
import { DIRECTIVES } from './directives.js';

export type ParsedDirectives =
  | { readonly kind: 'parsed'; readonly behaviour: Partial<Behaviour> }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/** The texts already read: a model name repeats its directives with every request. */
const read = new Map<string, ParsedDirectives>();
const READ_TEXTS_MAX = 500;
const READ_CHARACTERS_MAX = 500;

const HEADER_PREFIX = 'header.';
const HEADER_NAME = /^[a-z0-9-]{1,64}$/;
/** Visible ASCII and spaces: anything else could end the header and start another. */
const HEADER_VALUE = /^[\x20-\x7e]{1,1024}$/;
/** These frame the message; setting them would break the connection instead of simulating a provider. */
const FRAMING_HEADERS = new Set(['content-length', 'transfer-encoding', 'connection']);

function readHeader(name: string, value: string): Partial<Behaviour> | string {
  if (!HEADER_NAME.test(name)) return 'must name a response header in lower case';
  if (FRAMING_HEADERS.has(name)) return 'is set by the server and cannot be chosen';
  return HEADER_VALUE.test(value) ? { headers: { [name]: value } } : 'must be 1 to 1024 visible ASCII characters';
}

function readDirective(name: string, value: string): Partial<Behaviour> | string {
  if (name.startsWith(HEADER_PREFIX)) return readHeader(name.slice(HEADER_PREFIX.length), value);
  const directive = Object.hasOwn(DIRECTIVES, name) ? DIRECTIVES[name] : undefined;
  return directive === undefined
    ? `is no directive; use ${Object.keys(DIRECTIVES).join(', ')} or header.<name>`
    : directive.read(value);
}

/**
 * Reads directives such as `latency_ms=200&fault=429` (the syntax of a URL query) or the same as name and value pairs.
 * Gives the behaviour they set, or every problem found, each naming its directive.
 */
export function parseDirectives(directives: string | Iterable<readonly [string, string]>): ParsedDirectives {
  if (typeof directives !== 'string') return parsePairs(directives);
  const known = read.get(directives);
  if (known !== undefined) return known;
  const parsed = parsePairs(new URLSearchParams(directives));
  if (directives.length <= READ_CHARACTERS_MAX && read.size < READ_TEXTS_MAX) read.set(directives, parsed);
  return parsed;
}

function parsePairs(pairs: Iterable<readonly [string, string]>): ParsedDirectives {
  const behaviour: Partial<Behaviour> = {};
  const problems: string[] = [];
  for (const [name, value] of pairs) {
    const layer = readDirective(name, value);
    if (typeof layer === 'string') problems.push(`'${name}' ${layer}`);
    else Object.assign(behaviour, layer, layer.headers && { headers: { ...behaviour.headers, ...layer.headers } });
  }
  return problems.length === 0 ? { kind: 'parsed', behaviour } : { kind: 'refused', problems };
}

/** A behaviour given as directives or as the fields themselves. Throws `invalid_parameter` naming every problem. */
export function toBehaviour(given: string | Partial<Behaviour>): Partial<Behaviour> {
  if (typeof given !== 'string') return given;
  const parsed = parseDirectives(given);
  if (parsed.kind === 'parsed') return parsed.behaviour;
  throw new AppError('invalid_parameter', `Correct the directives: ${parsed.problems.join('; ')}.`);
}
