import { isFields, listOfFields, type Fields } from '../fields.js';
import { refuse, type Call, type RefusedCall } from '../protocol.js';

const CANDIDATES_MAX = 8;
const OUTPUT_TOKENS_MAX = 1_000_000_000;
const CONTENTS_MAX = 100_000;

/** What a request may carry, in both spellings: anything else is refused by name, so that a field of another provider never passes unseen. */
const KNOWN_FIELDS = new Set([
  'model',
  'contents',
  'labels',
  'store',
  ...['systemInstruction', 'toolConfig', 'safetySettings', 'generationConfig', 'cachedContent', 'serviceTier'].flatMap(
    (name) => [name, toSnake(name)],
  ),
  'tools',
]);

function toSnake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A field under its name in JSON or in the protocol's definition; Google takes both. */
export function field(fields: Fields, name: string): unknown {
  return fields[name] ?? fields[toSnake(name)];
}

export function invalid(message: string): RefusedCall {
  return refuse({ kind: 'invalid_request', model: '', message });
}

/** Every request needs a key, in a header or in the query, or a bearer; which one does not matter. */
export function checkAccess({ headers, query }: Call): RefusedCall | undefined {
  const bearer = headers.authorization?.startsWith('Bearer ') === true;
  if (bearer || headers['x-goog-api-key'] !== undefined || new URLSearchParams(query).has('key')) return undefined;
  const message = "Method doesn't allow unregistered callers. Please use an API key or other form of identity.";
  return refuse({ kind: 'permission', model: '', message });
}

/** The fields of a request to generate or to count, or the complaint. */
export function readGeneration(body: unknown): { readonly kind: 'read'; fields: Fields } | RefusedCall {
  if (!isFields(body)) return invalid('Invalid JSON payload received. Root element must be a message.');
  const unknown = Object.keys(body).find((name) => !KNOWN_FIELDS.has(name));
  if (unknown !== undefined) {
    return invalid(`Invalid JSON payload received. Unknown name "${unknown}": Cannot find field.`);
  }
  return (
    checkContents(body['contents']) ?? checkConfig(field(body, 'generationConfig')) ?? { kind: 'read', fields: body }
  );
}

function checkContents(contents: unknown): RefusedCall | undefined {
  if (contents === undefined || (Array.isArray(contents) && contents.length === 0)) {
    return invalid('* GenerateContentRequest.contents: contents is not specified');
  }
  if (!Array.isArray(contents) || contents.length > CONTENTS_MAX || !contents.every(isFields)) {
    return invalid(`Invalid value at 'contents': expected a list of at most ${CONTENTS_MAX} objects`);
  }
  for (const [index, content] of contents.entries()) {
    const role = content['role'] ?? 'user';
    if (role !== 'user' && role !== 'model' && role !== 'function') {
      return invalid('Please use a valid role: user, model.');
    }
    if (listOfFields(content['parts']).length === 0) {
      return invalid(`* GenerateContentRequest.contents[${index}].parts: contents.parts must not be empty.`);
    }
  }
  return checkCalls(contents);
}

function countParts(content: Fields | undefined, name: string): number {
  return listOfFields(content?.['parts']).filter((part) => field(part, name) !== undefined).length;
}

/** The calls of one turn are all answered in the next one. */
function checkCalls(contents: readonly Fields[]): RefusedCall | undefined {
  const unanswered = contents.some((content, index) => {
    const next = contents[index + 1];
    const calls = countParts(content, 'functionCall');
    return calls > 0 && next !== undefined && calls !== countParts(next, 'functionResponse');
  });
  return unanswered
    ? invalid('The number of function response parts must equal the number of function call parts of the turn before.')
    : undefined;
}

function checkConfig(config: unknown): RefusedCall | undefined {
  if (config === undefined) return undefined;
  if (!isFields(config)) return invalid("Invalid value at 'generation_config'");
  return (
    checkInteger(config, 'candidateCount', CANDIDATES_MAX) ?? checkInteger(config, 'maxOutputTokens', OUTPUT_TOKENS_MAX)
  );
}

function checkInteger(config: Fields, name: string, maximum: number): RefusedCall | undefined {
  const value = field(config, name);
  if (value === undefined) return undefined;
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= maximum
    ? undefined
    : invalid(`* GenerateContentRequest.generation_config.${toSnake(name)}: must be from 1 to ${maximum}.`);
}
