import { warnOfUnsupported } from '../unsupported.js';
import { SUPPORTED_KEYS, type PassThroughEntry } from './file-schema.js';
import { PASS_THROUGH_VENDOR, type ConfigPassThrough, type ConfigPrice } from './model-config.js';
import type { Reading } from './reading.js';
import { stableId } from './stable-id.js';

/** A route and, where it has one, its price. */
export interface ReadPassThrough {
  passThrough: ConfigPassThrough;
  price: ConfigPrice | null;
}

const NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
/** The connection is ours to keep, and what the body is the caller says. */
const NOT_OURS =
  /^(?:host|connection|content-length|content-type|transfer-encoding|te|upgrade|keep-alive|trailer|accept)$/;
const REFERENCE = /os\.environ\/([A-Za-z_][A-Za-z0-9_]*)/g;

/** One entry of `general_settings.pass_through_endpoints`; null when a variable that it needs is not set. */
export function readPassThrough(reading: Reading, index: number, entry: PassThroughEntry): ReadPassThrough | null {
  const where = `general_settings.pass_through_endpoints[${index}]`;
  warnOfUnsupported(reading, { path: where, keys: Object.keys(entry), supported: SUPPORTED_KEYS.passThrough });
  const headers = readHeaders(reading, where, entry.headers ?? {});
  if (!headers) return null;
  const path = entry.path.replace(/\/$/, '');
  if (/(?:^|\/)\.{1,2}(?:\/|$)/.test(path)) reading.problems.push(`${where}.path: must not hold dot segments`);
  const cost = entry.cost_per_request ?? null;
  const passThrough = { path, target: entry.target, headers, methods: entry.methods ?? null, free: cost === 0 };
  if (cost === null || cost === 0) return { passThrough, price: null };
  const info = { input_cost_per_request: cost, mode: 'chat', litellm_provider: PASS_THROUGH_VENDOR };
  const price = { deploymentId: stableId('dep', ['pass-through', path]), vendor: PASS_THROUGH_VENDOR, info };
  return { passThrough, price: { ...price, model: `native:${path}` } };
}

function readHeaders(
  reading: Reading,
  where: string,
  given: Readonly<Record<string, string>>,
): Record<string, string> | null {
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(given)) {
    const at = `${where}.headers.${name}`;
    if (!NAME.test(name)) reading.problems.push(`${at}: is no name of a header`);
    if (NOT_OURS.test(name.toLowerCase())) {
      reading.warnings.push(`${at}: not set here; that of the caller or of the connection counts`);
      continue;
    }
    const value = resolve(reading, at, text);
    if (value === null) return null;
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

/** As LiteLLM has it, a reference may be a part of a text: `Bearer os.environ/NAME`. */
function resolve(reading: Reading, at: string, text: string): string | null {
  const missing = [...text.matchAll(REFERENCE)].find(([, variable]) => !reading.environment[variable!]?.trim());
  if (!missing) return text.replaceAll(REFERENCE, (_whole, variable: string) => reading.environment[variable]!.trim());
  reading.warnings.push(`${at}: the environment variable ${missing[1]!} is not set; this route is left out`);
  return null;
}
