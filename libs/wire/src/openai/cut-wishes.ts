import { OPEN_BRACE, OPEN_BRACKET } from '../bytes.js';
import {
  cutsOf,
  locateFields,
  locateObject,
  replaceFields,
  type ByteRange,
  type LocatedFields,
  type NewFieldValue,
} from '../json-fields.js';
import { WISH_FIELDS } from './wishes.js';

type Json = Readonly<Record<string, unknown>>;

/** What is to be cut out of a body before a provider has it. */
export function wishCuts(body: Buffer, fields: LocatedFields): ByteRange[] {
  return [...cutsOf(body, fields, WISH_FIELDS), ...tagCuts(body, fields)];
}

/** The values of OpenAI's own metadata are texts: a list of tags is LiteLLM's. */
function tagCuts(body: Buffer, fields: LocatedFields): ByteRange[] {
  const metadata = fields.values.get('metadata');
  if (!metadata || body[metadata.start] !== OPEN_BRACE) return [];
  const inner = locateObject(body, metadata.start);
  const tags = inner?.values.get('tags');
  return inner && tags && body[tags.start] === OPEN_BRACKET ? cutsOf(body, inner, ['tags']) : [];
}

/**
 * A body as a provider is to have it: with fields set and without what is for the platform alone, every other byte as it
 * was. With nothing to change the given buffer itself comes back.
 * @param json What `body` says.
 */
export function forProvider(
  body: Buffer,
  json: Json,
  values: Readonly<Record<string, NewFieldValue | undefined>> = {},
): Buffer {
  const isSame = Object.values(values).every((value) => value === undefined);
  if (isSame && !hasWishes(json)) return body;
  const fields = locateFields(body);
  return fields ? replaceFields(body, fields, values, wishCuts(body, fields)) : body;
}

function hasWishes(json: Json): boolean {
  const metadata = json['metadata'] as Json | null | undefined;
  return WISH_FIELDS.some((name) => name in json) || Array.isArray(metadata?.['tags']);
}
