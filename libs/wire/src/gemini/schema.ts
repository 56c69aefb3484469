import { isObject, listOf } from '../json-object.js';
import { jsonName } from './json-names.js';

type Json = Readonly<Record<string, unknown>>;

/** Google's `int64` fields, which its JSON writes as strings. */
const COUNTS = new Set(['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties']);
const NESTED = new Set(['items', 'additionalProperties']);
const NESTED_LISTS = new Set(['anyOf', 'allOf', 'oneOf', 'prefixItems']);
const NESTED_MAPS = new Set(['properties', '$defs', 'definitions', 'patternProperties']);

/** Google's own `Schema` (a part of OpenAPI 3.0, types in capitals) as the JSON schema that everyone else reads. */
export function fromGoogleSchema(schema: Json): Json {
  const read: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) Object.assign(read, readKeyword(jsonName(key), value));
  return nullable(ordered(read, schema), schema['nullable'] === true);
}

function readKeyword(key: string, value: unknown): Json {
  switch (key) {
    case 'type':
      return typeof value === 'string' ? { type: value.toLowerCase() } : { type: value };
    case 'properties':
      return { properties: mapValues(value, readNested) };
    case 'example':
      return { examples: [value] };
    case 'nullable':
    case 'propertyOrdering':
      return {};
    case 'format':
      // Google's mark of an enumeration, which `enum` says already.
      return value === 'enum' ? {} : { format: value };
  }
  if (COUNTS.has(key)) return { [key]: Number(value) };
  if (NESTED.has(key)) return { [key]: readNested(value) };
  return { [key]: NESTED_LISTS.has(key) ? listOf(value).map(readNested) : value };
}

const readNested = (value: unknown): unknown => (isObject(value) ? fromGoogleSchema(value) : value);

/** The order of the properties as Google's word for it wants it: elsewhere it is the order in which they stand. */
function ordered(read: Json, schema: Json): Json {
  const order = listOf(schema['propertyOrdering'] ?? schema['property_ordering']).map(String);
  const properties = read['properties'];
  if (order.length === 0 || !isObject(properties)) return read;
  const keys = [...new Set([...order, ...Object.keys(properties)])].filter((key) => Object.hasOwn(properties, key));
  return { ...read, properties: Object.fromEntries(keys.map((key) => [key, properties[key]])) };
}

function nullable(schema: Json, isNullable: boolean): Json {
  if (!isNullable) return schema;
  if (typeof schema['type'] !== 'string') return { anyOf: [schema, { type: 'null' }] };
  const values = schema['enum'];
  return { ...schema, type: [schema['type'], 'null'], ...(Array.isArray(values) && { enum: [...values, null] }) };
}

/** A JSON schema as Google takes it: beside a `$ref` it refuses every keyword that does not begin with `$`. */
export function toGoogleJsonSchema(schema: Json): Json {
  const isReference = typeof schema['$ref'] === 'string';
  const kept = Object.entries(schema).filter(([key]) => !isReference || key.startsWith('$'));
  return Object.fromEntries(kept.map(([key, value]) => [key, cleanKeyword(key, value)]));
}

function cleanKeyword(key: string, value: unknown): unknown {
  if (NESTED.has(key)) return cleanNested(value);
  if (NESTED_LISTS.has(key)) return Array.isArray(value) ? value.map(cleanNested) : value;
  return NESTED_MAPS.has(key) ? mapValues(value, cleanNested) : value;
}

const cleanNested = (value: unknown): unknown => (isObject(value) ? toGoogleJsonSchema(value) : value);

function mapValues(value: unknown, change: (inner: unknown) => unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner)]));
}
