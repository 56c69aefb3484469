type Json = Readonly<Record<string, unknown>>;

/** Fields whose keys are the client's own words, not Google's. */
const OPAQUE = new Set([
  'args',
  'response',
  'parameters',
  'parametersJsonSchema',
  'responseSchema',
  'responseJsonSchema',
]);
const UNDERSCORED = /_([a-z0-9])/g;

/** The JSON name of a protobuf field: Google takes `max_output_tokens` for `maxOutputTokens`. */
export const jsonName = (key: string): string =>
  key.replace(UNDERSCORED, (_match, letter: string) => letter.toUpperCase());

/** A request with all field names of Google's in their JSON form; what the client itself named stays. */
export function withJsonNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withJsonNames);
  if (typeof value !== 'object' || value === null) return value;
  const renamed = Object.entries(value as Json).map(([key, inner]) => {
    const name = jsonName(key);
    return [name, OPAQUE.has(name) ? inner : withJsonNames(inner)] as const;
  });
  return Object.fromEntries(renamed);
}
