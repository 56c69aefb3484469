const DEPTH_MAX = 8;
const SAMPLES: Readonly<Record<string, unknown>> = { string: 'demo', number: 1, integer: 1, boolean: true, null: null };

type Schema = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sampleObject(schema: Schema, depth: number): Record<string, unknown> {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, sampleJson(property, depth + 1)]),
  );
}

/**
 * The plainest value that fits a JSON Schema, as the argument of a demo tool call: knows `const`, `default`, `enum`, `type`,
 * `properties`, `items` and the first of `anyOf`; everything else becomes `null`. Nesting beyond 8 levels is cut.
 */
export function sampleJson(schema: unknown, depth = 0): unknown {
  if (!isObject(schema) || depth > DEPTH_MAX) return null;
  if ('const' in schema) return schema['const'];
  if ('default' in schema) return schema['default'];
  if (Array.isArray(schema['enum'])) return schema['enum'][0] ?? null;
  if (Array.isArray(schema['anyOf'])) return sampleJson(schema['anyOf'][0], depth + 1);
  const given: unknown = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  // Google writes the types of JSON Schema in capitals.
  const type = String(given).toLowerCase();
  if (type === 'object' || 'properties' in schema) return sampleObject(schema, depth);
  if (type === 'array') return 'items' in schema ? [sampleJson(schema['items'], depth + 1)] : [];
  return SAMPLES[type] ?? null;
}
